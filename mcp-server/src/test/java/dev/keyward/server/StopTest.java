package dev.keyward.server;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.server.control.OperatorError;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// The kill switch: what is stopped reaches nobody and answers nothing, until somebody says so.
@Timeout(120)
final class StopTest {
  private static final Executor THREADS = Executors.newVirtualThreadPerTaskExecutor();
  private static final String TICKET = "{\"ticket_id\":\"4812\"}";
  private static final String MESSAGE = "{\"ticket_id\":\"4812\",\"text\":\"Hello.\"}";
  private static final String NOTE = TestBroker.NOTE;
  private static final String ALLOWED = "policy: {allow: [{tool: crm.add_note}]}\n";

  @TempDir Path folder;
  private TestBroker broker;
  private StandIn upstream;
  private AgentClient agent;

  @BeforeEach
  void start() throws Exception {
    broker = TestBroker.in(folder, ALLOWED);
    upstream = broker.upstream();
    agent = broker.agent("a1", "crm.*", "stripe.*");
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @ParameterizedTest
  @CsvSource({
    "all,",
    "agent, a1",
    "tool, crm.read_ticket",
    "tool, crm.*",
    "target, crm",
    "target, ORIGIN",
  })
  void whatIsStoppedReachesNobodyUntilItIsResumed(String kind, String name) {
    assertEquals("ok", agent.call("crm.read_ticket", TICKET).code());

    order("stop", kind, name);

    Called refused = agent.call("crm.read_ticket", TICKET);
    assertEquals("stopped", refused.code());
    assertTrue(refused.text().startsWith("Not executed: the broker's operators"), refused.text());
    assertEquals(1, upstream.journal().size());
    order("resume", kind, name);
    assertEquals("ok", agent.call("crm.read_ticket", TICKET).code());
    assertEquals(
        List.of("stop.lifted", "stop.ordered"),
        types("{\"type\":\"stop.\"}"),
        "both are in the record");
  }

  @ParameterizedTest
  @CsvSource({"agent, a2", "tool, crm.add_note", "tool, stripe.*", "target, stripe"})
  void whatIsNotStoppedGoesOn(String kind, String name) {
    broker.agent("a2", "crm.*");

    order("stop", kind, name);

    assertEquals("ok", agent.call("crm.read_ticket", TICKET).code());
  }

  @Test
  void aStoppedAgentIsToldNoToolsAndCannotWait() {
    String approval = agent.call("crm.send_message", MESSAGE).approval();

    order("stop", "agent", "a1");

    assertTrue(agent.list().failed());
    assertFalse(agent.list().raw().contains("crm.read_ticket"));
    assertEquals("stopped", agent.awaitApproval(approval, 0).code());
  }

  @ParameterizedTest
  @ValueSource(strings = {"all", "agent", "tool", "target"})
  void aReadUnderWayIsNotAnswered(String kind) throws Exception {
    Held held = hold("{\"id\":\"4812\",\"subject\":\"Late\"}");
    Future<Called> call = later(() -> agent.call("crm.read_ticket", TICKET));
    held.waitForArrival();

    order("stop", kind, nameOf(kind, "crm.read_ticket"));
    held.release();

    Called kept = call.get(30, SECONDS);
    assertEquals("stopped", kept.code());
    assertFalse(kept.raw().contains("Late"), kept.raw());
  }

  @ParameterizedTest
  @ValueSource(strings = {"all", "agent", "tool", "target"})
  void aWriteUnderWayIsRecordedAndItsAnswerKeptBack(String kind) throws Exception {
    Held held = hold("{\"id\":\"note-of-77\"}");
    Future<Called> call = later(() -> agent.call("crm.add_note", NOTE));
    held.waitForArrival();

    order("stop", kind, nameOf(kind, "crm.add_note"));
    held.release();

    Called kept = call.get(30, SECONDS);
    assertEquals("stopped", kept.code());
    assertTrue(kept.text().contains("may have taken effect"), kept.text());
    assertFalse(kept.raw().contains("note-of-77"), kept.raw());
    assertEquals(List.of("call.intent", "call.outcome"), broker.trail(kept.call()));
    assertEquals(1, upstream.writes().size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"all", "agent", "tool", "target"})
  void whatWaitsForPeopleIsClosed(String kind) {
    String waiting = agent.call("crm.send_message", MESSAGE).approval();

    order("stop", kind, nameOf(kind, "crm.send_message"));

    assertEquals("cancelled", broker.state(waiting));
    assertEquals(409, broker.signIn("olga").force(waiting, broker.digest(waiting)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"all", "agent", "tool", "target"})
  void whatWasApprovedBeforeAStopDoesNotRunAfterIt(String kind) {
    String approved = agent.call("crm.send_message", MESSAGE).approval();
    assertEquals(303, broker.signIn("olga").approve(approved));

    order("stop", kind, nameOf(kind, "crm.send_message"));
    order("resume", kind, nameOf(kind, "crm.send_message"));

    assertEquals("pending", agent.call("crm.send_message", MESSAGE).code());
    assertEquals(List.of(), upstream.writes());
  }

  @Test
  void aStopOfOtherToolsLeavesRequestsOpen() {
    String waiting = agent.call("crm.send_message", MESSAGE).approval();

    order("stop", "tool", "crm.add_note");

    assertEquals("pending", broker.state(waiting));
  }

  @Test
  void aStopSurvivesARestart() throws Exception {
    order("stop", "agent", "a1");

    broker.stop();
    broker.start();

    assertEquals("stopped", agent.with(agent.key()).call("crm.read_ticket", TICKET).code());
  }

  @Test
  void aRunThatIsStoppedEnds() {
    agent.call("crm.read_ticket", TICKET);
    String run =
        broker.operate("audit.list", "{\"type\":\"run.opened\"}").at("/0/event/run").stringValue();

    order("stop", "run", run);

    JsonNode ended = broker.operate("audit.list", "{\"type\":\"run.ended\"}").get(0);
    assertEquals(run, ended.at("/event/run").stringValue());
    assertEquals("stopped", ended.at("/event/why").stringValue());
  }

  @Test
  void aRunUnderWayThatIsStoppedAnswersNothing() throws Exception {
    Held held = hold("{\"id\":\"4812\",\"subject\":\"Late\"}");
    Future<Called> call = later(() -> agent.call("crm.read_ticket", TICKET));
    held.waitForArrival();
    String run =
        broker.operate("audit.list", "{\"type\":\"run.opened\"}").at("/0/event/run").stringValue();

    order("stop", "run", run);
    held.release();

    Called kept = call.get(30, SECONDS);
    assertTrue(kept.failed());
    assertFalse(kept.raw().contains("Late"), kept.raw());
  }

  @Test
  void theDoctorAndTheListSayWhatIsStoppedByWhomAndWhy() {
    broker.operate("stop", "{\"kind\":\"tool\",\"name\":\"crm.*\",\"why\":\"odd\\nnotes\"}");

    JsonNode listed = broker.operate("stop.list", "{}");
    String doctor = broker.operate("doctor", "{}").toString();

    assertEquals(1, listed.size());
    assertEquals("odd notes", listed.at("/0/why").stringValue());
    assertEquals("operator", listed.at("/0/by").stringValue());
    assertTrue(doctor.contains("stopped: tool crm.*"), doctor);
    assertTrue(doctor.contains("keyward resume --tool crm.*"), doctor);
  }

  @Test
  void stoppingTwiceIsOneStop() {
    order("stop", "all", null);
    order("stop", "all", null);

    assertEquals(1, broker.operate("stop.list", "{}").size());
    order("resume", "all", null);
    assertThrows(OperatorError.class, () -> order("resume", "all", null));
  }

  @Test
  void aNameThatNobodyKnowsIsStoppedAndSaid() {
    JsonNode stopped = broker.operate("stop", "{\"kind\":\"tool\",\"name\":\"crm.read_tcket\"}");

    assertTrue(stopped.get("warning").stringValue().contains("spelled right"));
    assertFalse(broker.operate("stop", "{\"kind\":\"tool\",\"name\":\"crm.*\"}").has("warning"));
  }

  @Test
  void aSecretInTheReasonIsKeptNowhere() {
    broker.operate("stop", "{\"kind\":\"all\",\"why\":\"leaked " + TestBroker.CRM_KEY + "\"}");

    String record = broker.operate("audit.list", "{\"type\":\"stop.\"}").toString();
    assertFalse(record.contains(TestBroker.CRM_KEY), record);
    assertFalse(broker.operate("stop.list", "{}").toString().contains(TestBroker.CRM_KEY));
  }

  @Test
  void anAgentCannotStopOrResumeAnything() {
    order("stop", "tool", "crm.read_ticket");

    for (String method : List.of("stop", "resume", "keyward/resume")) {
      assertTrue(agent.send(method, "{\"kind\":\"tool\",\"name\":\"crm.read_ticket\"}").failed());
    }
    assertEquals("unknown_tool", agent.call("keyward.resume", "{}").code());
    assertEquals("stopped", agent.call("crm.read_ticket", TICKET).code());
  }

  private void order(String command, String kind, @Nullable String name) {
    String real = "ORIGIN".equals(name) ? upstream.origin().toString() : name;
    String named = real == null ? "" : ",\"name\":\"" + real + "\"";
    broker.operate(command, "{\"kind\":\"" + kind + "\"" + named + "}");
  }

  private static @Nullable String nameOf(String kind, String tool) {
    return switch (kind) {
      case "agent" -> "a1";
      case "tool" -> tool;
      case "target" -> "crm";
      default -> null;
    };
  }

  private List<String> types(String filter) {
    return broker
        .operate("audit.list", filter)
        .valueStream()
        .map(row -> row.get("type").stringValue())
        .toList();
  }

  private Held hold(String answer) {
    var held = new Held(new CountDownLatch(1), new CountDownLatch(1));
    upstream.answers(StandIn.held(held.there, held.go, StandIn.json(answer)));
    return held;
  }

  private record Held(CountDownLatch there, CountDownLatch go) {
    void release() {
      go.countDown();
    }

    void waitForArrival() throws InterruptedException {
      assertTrue(there.await(30, SECONDS));
    }
  }

  private static <T> Future<T> later(Supplier<T> work) {
    return CompletableFuture.supplyAsync(work, THREADS);
  }
}
