package dev.keyward.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What an agent has never done is recorded, and asked about or stopped where the settings say so.
@Timeout(120)
final class UnusualTest {
  private static final String TICKET = "{\"ticket_id\":\"4812\"}";
  private static final String SEARCH = "{\"query\":\"late\"}";
  private static final String ALLOWED = "policy: {allow: [{tool: crm.add_note}]}\n";

  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init") // each test starts one
  private TestBroker broker;

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void aNewToolAsksThePersonOnceAndIsThenUsual() throws Exception {
    start("unusual: {settled_after_hours: 1, first_tool: confirm}\n");
    AgentClient agent = broker.agent("a1", "crm.*");
    assertEquals("ok", agent.call("crm.read_ticket", TICKET).code());
    broker.clock().move(Duration.ofHours(2));
    assertEquals("ok", agent.call("crm.read_ticket", TICKET).code());

    Called asked = agent.call("crm.search_tickets", SEARCH);

    assertEquals("pending", asked.code());
    assertEquals(303, broker.signIn("olga").approve(asked.approval()));
    assertEquals("ok", agent.call("crm.search_tickets", SEARCH).code());
    assertEquals("ok", agent.call("crm.search_tickets", SEARCH).code());
    JsonNode found = found();
    assertEquals(1, found.size());
    assertEquals("first_tool", found.at("/0/event/detector").stringValue());
    assertEquals("crm.search_tickets", found.at("/0/tool").stringValue());
    assertEquals("confirm", found.at("/0/event/reaction").stringValue());
  }

  @Test
  void aBurstOfWritesAsksAReviewerAlthoughPolicyAllowsThem() throws Exception {
    start(ALLOWED + "unusual: {write_burst: {reaction: review, writes: 3, minutes: 5}}\n");
    AgentClient agent = broker.agent("a1", "crm.*");
    for (int i = 0; i < 3; i++) {
      assertEquals("ok", agent.call("crm.add_note", note(i)).code());
    }

    Called asked = agent.call("crm.add_note", note(3));

    assertEquals("pending", asked.code());
    assertTrue(asked.text().contains("an independent reviewer"), asked.text());
    assertEquals(3, broker.upstream().writes().size());
    broker.clock().move(Duration.ofMinutes(6));
    assertEquals("ok", agent.call("crm.add_note", note(4)).code());
  }

  @Test
  void whoIsDeniedAgainAndAgainIsStoppedUntilAnOperatorResumesIt() throws Exception {
    start("unusual: {denied_streak: {reaction: stop, calls: 5}}\n");
    AgentClient agent = broker.agent("a1", "crm.*");
    for (int i = 0; i < 5; i++) {
      assertEquals("unknown_tool", agent.call("stripe.create_refund", "{}").code());
    }

    assertEquals("stopped", agent.call("crm.read_ticket", TICKET).code());

    assertEquals(0, broker.upstream().journal().size());
    JsonNode stop = broker.operate("audit.list", "{\"type\":\"stop.ordered\"}").get(0);
    assertEquals("unusual: denied_streak", stop.at("/event/why").stringValue());
    assertEquals("broker", stop.at("/event/by").stringValue());
    broker.operate("resume", "{\"kind\":\"agent\",\"name\":\"a1\"}");
    assertEquals("ok", agent.call("crm.read_ticket", TICKET).code());
  }

  @Test
  void aPausedRunWaitsForAnOperatorWithAllThatIsInIt() throws Exception {
    start("unusual: {denied_streak: {reaction: pause, calls: 5}}\n");
    AgentClient agent = broker.agent("a1", "crm.*");
    var runs = new RunDoor(broker);
    RunDoor.Reply run = runs.open(agent.key(), "[{\"tools\":[\"crm.read_ticket\"]}]");
    RunDoor.Reply inner = runs.open(run.token(), "[{\"tools\":[\"crm.read_ticket\"]}]");
    AgentClient inside = broker.stranger(run.token());
    for (int i = 0; i < 5; i++) {
      assertEquals("outside_grants", inside.call("crm.add_note", note(i)).code());
    }

    assertEquals("stopped", inside.call("crm.read_ticket", TICKET).code());

    assertEquals("stopped", broker.stranger(inner.token()).call("crm.read_ticket", TICKET).code());
    assertEquals(403, runs.open(run.token(), "[{\"tools\":[\"crm.read_ticket\"]}]").status());
    assertEquals(0, broker.upstream().journal().size());
    assertEquals("ok", agent.call("crm.read_ticket", TICKET).code(), "its other runs go on");
    JsonNode stops = broker.operate("stop.list", "{}");
    assertEquals(run.run(), stops.at("/0/name").stringValue(), stops.toString());
    broker.operate("resume", "{\"kind\":\"run\",\"name\":\"" + run.run() + "\"}");
    assertEquals("ok", inside.call("crm.read_ticket", TICKET).code());
    assertEquals("ok", broker.stranger(inner.token()).call("crm.read_ticket", TICKET).code());
  }

  @Test
  void aPausedStandingRunOpensNoOtherAndIsNotOverByIdling() throws Exception {
    start("unusual: {denied_streak: {reaction: pause, calls: 5}}\n");
    AgentClient agent = broker.agent("a1", "crm.*");
    for (int i = 0; i < 5; i++) {
      agent.call("stripe.create_refund", "{}");
    }
    assertEquals("stopped", agent.call("crm.read_ticket", TICKET).code());

    assertEquals(403, new RunDoor(broker).post(agent.key(), "{\"purpose\":\"go on\"}").status());
    broker.clock().move(Duration.ofHours(9));
    assertEquals("stopped", agent.call("crm.read_ticket", TICKET).code());
    assertEquals(1, broker.operate("stop.list", "{}").size());
  }

  @Test
  void eachRunIsPausedForAStreakOfItsOwn() throws Exception {
    start("unusual: {denied_streak: {reaction: pause, calls: 3}}\n");
    AgentClient agent = broker.agent("a1", "crm.*");
    var runs = new RunDoor(broker);
    for (int run = 0; run < 3; run++) {
      AgentClient inside =
          broker.stranger(runs.open(agent.key(), "[{\"tools\":[\"crm.read_ticket\"]}]").token());
      for (int i = 0; i < 3; i++) {
        inside.call("crm.add_note", note(i));
      }

      assertEquals("stopped", inside.call("crm.read_ticket", TICKET).code());
    }
    assertEquals(3, broker.operate("stop.list", "{}").size());
  }

  @Test
  void aPauseEndsWithItsRun() throws Exception {
    start("unusual: {denied_streak: {reaction: pause, calls: 2}}\n");
    AgentClient agent = broker.agent("a1", "crm.*");
    var runs = new RunDoor(broker);
    RunDoor.Reply run = runs.open(agent.key(), "[{\"tools\":[\"crm.read_ticket\"]}]");
    AgentClient inside = broker.stranger(run.token());
    inside.call("crm.add_note", note(1));
    inside.call("crm.add_note", note(2));
    assertEquals("stopped", inside.call("crm.read_ticket", TICKET).code());

    broker.operate("stop", "{\"kind\":\"run\",\"name\":\"" + run.run() + "\"}");

    assertEquals(401, inside.call("crm.read_ticket", TICKET).status());
    assertEquals(0, broker.operate("stop.list", "{}").size());
    assertEquals(2, broker.operate("audit.list", "{\"type\":\"stop.ordered\"}").size());
  }

  @Test
  void aStreakSurvivesARestart() throws Exception {
    start("unusual: {denied_streak: {reaction: stop, calls: 5}}\n");
    AgentClient agent = broker.agent("a1", "crm.*");
    for (int i = 0; i < 3; i++) {
      agent.call("stripe.create_refund", "{}");
    }
    broker.stop();
    broker.start();
    agent.with(agent.key());
    for (int i = 0; i < 2; i++) {
      agent.call("stripe.create_refund", "{}");
    }

    assertEquals("stopped", agent.call("crm.read_ticket", TICKET).code());
  }

  @Test
  void aFreshInstallRecordsAndAsksNobody() throws Exception {
    start(ALLOWED);
    AgentClient agent = broker.agent("a1", "crm.*");
    for (int i = 0; i < 40; i++) {
      assertEquals("ok", agent.call("crm.add_note", note(i)).code());
    }

    JsonNode found = found();
    assertEquals(1, found.size());
    assertEquals("write_burst", found.at("/0/event/detector").stringValue());
    assertEquals(31, found.at("/0/event/seen").asInt());
    assertFalse(found.toString().contains("Note number"), "names and numbers, no values");
  }

  private void start(String settings) throws Exception {
    broker = TestBroker.in(folder, settings);
  }

  private JsonNode found() {
    return broker.operate("audit.list", "{\"type\":\"unusual.found\"}");
  }

  private static String note(int number) {
    return TestBroker.NOTE.replace("Called the customer.", "Note number " + number);
  }
}
