package dev.keyward.server;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.server.control.OperatorError;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// An agent that is given other tools: what it had is gone at once, whatever was under way.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
final class AgentToolsTest {
  private static final String TICKET = "{\"ticket_id\":\"4812\"}";
  private static final String NOTE = TestBroker.NOTE;

  private TestBroker broker;
  private StandIn upstream;
  private Reviewer olga;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    broker = TestBroker.in(folder);
    upstream = broker.upstream();
    olga = broker.signIn("olga");
    broker.agent("kept", "crm.*");
    broker.agent("gone", "crm.*");
    broker.operate("agent.revoke", "{\"name\":\"gone\"}");
  }

  @AfterAll
  void stop() {
    broker.close();
  }

  @BeforeEach
  void answer() {
    upstream.answers("{\"id\":\"4812\",\"subject\":\"Late\"}");
  }

  @Test
  void itSeesAndCallsTheNewOnesAtItsNextRequestAndTheRecordSaysSo() {
    AgentClient agent = broker.agent("next", "crm.*");
    assertEquals("ok", agent.call("crm.read_ticket", TICKET).code());

    give("next", "stripe.*");

    assertEquals("unknown_tool", agent.call("crm.read_ticket", TICKET).code());
    String listed = agent.send("tools/list", "{}").raw();
    assertTrue(listed.contains("stripe.create_refund") && !listed.contains("crm."), listed);
    JsonNode event = broker.operate("audit.list", "{\"type\":\"agent.tools\",\"agent\":\"next\"}");
    assertEquals("stripe.*", event.at("/0/event/tools/0").asString(""));
    assertEquals("operator", event.at("/0/event/by").asString(""));
  }

  @Test
  void whatPeopleApprovedOfAToolThatIsGoneDoesNotRunAndRunsOnceWhenItIsBack() {
    AgentClient agent = broker.agent("approved", "crm.*");
    String approval = agent.call("crm.add_note", NOTE).approval();
    assertEquals(303, olga.approve(approval));
    int before = upstream.writes().size();

    give("approved", "crm.read_ticket");
    assertEquals("unknown_tool", agent.call("crm.add_note", NOTE).code());
    assertEquals(before, upstream.writes().size());
    assertEquals("approved", broker.state(approval), "not used up");

    give("approved", "crm.*");
    assertEquals("ok", agent.call("crm.add_note", NOTE).code());
    assertEquals("pending", agent.call("crm.add_note", NOTE).code());
    assertEquals(before + 1, upstream.writes().size());
  }

  @Test
  void aReadThatIsUnderWayGivesNoAnswer() throws Exception {
    AgentClient agent = broker.agent("reading", "crm.*");
    var arrived = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    upstream.answers(StandIn.held(arrived, go, StandIn.json("{\"subject\":\"Late\"}")));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var read =
          CompletableFuture.supplyAsync(() -> agent.call("crm.read_ticket", TICKET), threads);
      assertTrue(arrived.await(30, SECONDS));

      give("reading", "stripe.*");
      go.countDown();

      Called told = read.get(30, SECONDS);
      assertEquals("unknown_tool", told.code(), told.raw());
      assertFalse(told.raw().contains("Late"), told.raw());
    }
  }

  @Test
  void aWriteThatWasSentTellsWhatItHasDone() {
    AgentClient agent = broker.agent("writing", "crm.*");
    String approval = agent.call("crm.add_note", NOTE).approval();
    assertEquals(303, olga.approve(approval));
    upstream.answers(
        exchange -> {
          give("writing", "stripe.*");
          StandIn.of(201, "application/json", "{\"id\":\"note-77\"}").answer(exchange);
        });

    Called ran = agent.call("crm.add_note", NOTE);

    assertEquals("ok", ran.code(), ran.raw());
    assertEquals("done", broker.state(approval));
  }

  @Test
  void aRunThatWasOpenedBeforeHasNoMoreThanItsAgent() {
    AgentClient agent = broker.agent("running", "crm.*");
    var run =
        new RunDoor(broker).open(agent.key(), "[{\"tools\":[\"crm.*\"],\"tiers\":[\"read\"]}]");
    AgentClient inRun = broker.stranger(run.token());
    assertEquals("ok", inRun.call("crm.read_ticket", TICKET).code());

    give("running", "stripe.*");

    assertEquals("unknown_tool", inRun.call("crm.read_ticket", TICKET).code());
  }

  @Test
  void patternsThatFitNothingAreWarnedOf() {
    broker.agent("warned", "crm.*");

    assertFalse(give("warned", "crm.*").has("warning"));
    String warning = give("warned", "cmr.*").path("warning").asString("");
    assertTrue(warning.contains("no tool that fits cmr.*"), warning);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"name\":\"nobody\",\"tools\":[\"crm.*\"]}",
        "{\"name\":\"kept\",\"tools\":[]}",
        "{\"name\":\"kept\",\"tools\":[\"*\"]}",
        "{\"name\":\"gone\",\"tools\":[\"crm.*\"]}"
      })
  void whatMakesNoSenseChangesNothing(String change) {
    int before = broker.operate("audit.list", "{\"type\":\"agent.tools\"}").size();

    assertThrows(OperatorError.class, () -> broker.operate("agent.tools", change));

    assertEquals(before, broker.operate("audit.list", "{\"type\":\"agent.tools\"}").size());
  }

  private JsonNode give(String agent, String tools) {
    return broker.operate(
        "agent.tools", "{\"name\":\"" + agent + "\",\"tools\":[\"" + tools + "\"]}");
  }
}
