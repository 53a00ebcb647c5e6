package dev.keyward.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What an agent has another do counts as its own doing.
@Timeout(120)
final class LeadTest {
  private static final String PAY = "{\"amount\":1,\"to\":\"mallory\"}";
  private static final String READ = "{\"record\":\"7\"}";

  @TempDir Path folder;
  private TestBroker broker;
  private RunDoor runs;
  private AgentClient lead;
  private AgentClient helper;

  @BeforeEach
  void start() throws Exception {
    broker =
        TestBroker.in(
            folder,
            """
            policy: {allow: [{tool: desk.pay}]}
            unusual: {write_burst: {reaction: review, writes: 3, minutes: 5}}
            """);
    broker.catalog("desk.yaml", RunsTest.DESK);
    runs = new RunDoor(broker);
    lead = broker.agent("lead", "desk.*", "crm.*");
    helper = broker.agent("helper", "desk.*", "crm.*");
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void aWriteWhoseEndIsUnknownIsNotRepeatedByAHelper() {
    broker.upstream().answers(StandIn.cut());
    assertEquals("outcome_unknown", lead.call("desk.pay", PAY).code());
    broker.upstream().answers("{\"id\":\"1\"}");

    assertEquals("identical_call_unknown", inRunOfHelper(lead.key()).call("desk.pay", PAY).code());
    assertEquals(
        "identical_call_unknown",
        inRunOfHelper(runs.post(lead.key(), "{\"purpose\":\"outer\"}").token())
            .call("desk.pay", PAY)
            .code());
    assertEquals(1, broker.upstream().writes().size());
    assertEquals("ok", helper.call("desk.pay", PAY).code(), "for itself it is another payment");
  }

  @Test
  void aWriteOfAHelperThatIsUnknownIsNotRepeatedByTheLead() {
    AgentClient inside = inRunOfHelper(lead.key());
    broker.upstream().answers(StandIn.cut());
    assertEquals("outcome_unknown", inside.call("desk.pay", PAY).code());
    broker.upstream().answers("{\"id\":\"1\"}");

    assertEquals("identical_call_unknown", lead.call("desk.pay", PAY).code());
    assertEquals(1, broker.upstream().writes().size());
  }

  @Test
  void guessesOfHelpersPauseTheLead() {
    String guess = "{\"record\":\"" + TestBroker.CRM_KEY + "\"}";
    for (int i = 0; i < 3; i++) {
      assertEquals(
          "secret_in_arguments", inRunOfHelper(lead.key()).call("desk.read", guess).code());
    }

    assertEquals("run_paused", lead.call("desk.read", READ).code());
    assertEquals("run_paused", inRunOfHelper(lead.key()).call("desk.read", READ).code());
    assertEquals("ok", helper.call("desk.read", READ).code(), "it was not its own idea");
    String fresh = broker.operate("agent.rotate", "{\"name\":\"lead\"}").get("key").stringValue();
    assertEquals("ok", inRunOfHelper(fresh).call("desk.read", READ).code());
  }

  @Test
  void whatAHelperAsksForRunsOnceItIsApproved() {
    AgentClient inside = inRunOfHelper(lead.key());
    String approval = inside.call("crm.add_note", TestBroker.NOTE).approval();
    assertEquals(303, broker.signIn("olga").approve(approval));

    assertEquals("ok", inside.call("crm.add_note", TestBroker.NOTE).code());

    assertEquals("done", broker.state(approval));
    assertEquals("pending", inside.call("crm.add_note", TestBroker.NOTE).code());
    assertEquals(1, broker.upstream().writes().size());
  }

  @Test
  void aBurstIsNoSmallerForBeingSpreadOverHelpers() {
    for (int i = 0; i < 3; i++) {
      assertEquals("ok", lead.call("desk.pay", pay(i)).code());
    }

    assertEquals("pending", inRunOfHelper(lead.key()).call("desk.pay", pay(4)).code());
    assertEquals("ok", helper.call("desk.pay", pay(5)).code(), "it is no burst of its own");
    assertEquals(4, broker.upstream().writes().size());
  }

  private static String pay(int amount) {
    return "{\"amount\":" + amount + ",\"to\":\"mallory\"}";
  }

  private AgentClient inRunOfHelper(String key) {
    RunDoor.Reply run = runs.post(key, "{\"purpose\":\"help\",\"agent\":\"helper\"}");
    assertEquals(201, run.status(), run.message());
    return broker.stranger(run.token());
  }
}
