package dev.keyward.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What somebody who attacked the broker got through once.
@Timeout(120)
final class AttackTest {
  private static final String READ = "{\"ticket_id\":\"4812\"}";

  @TempDir Path folder;
  private TestBroker broker;

  @BeforeEach
  void start() throws Exception {
    broker = TestBroker.in(folder);
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void guessesInAFieldThatTheToolDoesNotHaveAreNotEvenLookedAt() {
    AgentClient agent = broker.agent("a1", "crm.*");

    Called guess =
        agent.call(
            "crm.read_ticket",
            "{\"ticket_id\":\"4812\",\"zz\":[\"x\",\"" + TestBroker.CRM_KEY + "\"]}");

    assertEquals("invalid_arguments", guess.code());
  }

  @Test
  void theFirstCharactersOfAKeyAreNoKey() {
    AgentClient agent = broker.agent("a1", "crm.*");

    Called guess = agent.call("crm.search_tickets", search(TestBroker.STRIPE_KEY.substring(0, 20)));

    assertEquals("ok", guess.code());
  }

  @Test
  void aKeyAmongManyGuessesIsRefusedWithoutSayingWhichItWas() {
    AgentClient agent = broker.agent("a1", "crm.*");

    Called guess = agent.call("crm.search_tickets", search("x " + TestBroker.STRIPE_KEY + " y"));

    assertEquals("secret_in_arguments", guess.code());
    assertFalse(guess.text().contains("/query"), guess.text());
  }

  @Test
  void whoKeepsSendingKeysIsPausedUntilThereIsANewKey() {
    AgentClient agent = broker.agent("a1", "crm.*");
    for (int i = 0; i < 3; i++) {
      assertEquals(
          "secret_in_arguments",
          agent.call("crm.search_tickets", search(TestBroker.CRM_KEY)).code());
    }

    assertEquals("run_paused", agent.call("crm.read_ticket", READ).code());
    assertEquals(List.of(), broker.upstream().journal());
    String fresh = broker.operate("agent.rotate", "{\"name\":\"a1\"}").get("key").stringValue();
    assertEquals("ok", agent.with(fresh).call("crm.read_ticket", READ).code());
  }

  @Test
  void aMessageOfCountlessLittleThingsIsRefusedBeforeItBecomesATree() {
    AgentClient agent = broker.agent("a1", "crm.*");
    agent.initialize();

    Called answer =
        agent.post(
            "{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"tools/call\",\"params\":{\"name\":"
                + "\"keyward.approval_wait\",\"arguments\":{},\"_meta\":{\"x\":["
                + "{},".repeat(300_000)
                + "{}]}}}");

    assertNotEquals(200, answer.status());
    assertEquals("ok", agent.call("crm.read_ticket", READ).code());
  }

  @Test
  void nobodyIsAskedAboutACallThatHasNoCredential() {
    broker.operate("secret.remove", "{\"name\":\"crm#token\"}");

    Called write = broker.agent("a1", "crm.*").call("crm.add_note", TestBroker.NOTE);

    assertEquals("credential_missing", write.code());
    assertEquals(0, broker.operate("approvals.list", "{}").size());
  }

  private static String search(String text) {
    return "{\"query\":\"" + text + "\"}";
  }
}
