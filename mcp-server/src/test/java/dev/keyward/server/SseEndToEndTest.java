package dev.keyward.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// What holds over Streamable HTTP holds over HTTP+SSE: the same path, whatever it came in by.
@Timeout(120)
final class SseEndToEndTest {
  private static final String READ = "{\"ticket_id\":\"4812\"}";

  @TempDir Path folder;
  private TestBroker broker;
  private AgentClient agent;

  @BeforeEach
  void start() throws Exception {
    broker = TestBroker.in(folder);
    agent = broker.agent("a1", "crm.*").overSse();
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void onlyVisibleToolsAreListed() {
    JsonNode tools = agent.list().message().at("/result/tools");

    assertTrue(tools.toString().contains("crm.read_ticket"));
    assertFalse(tools.toString().contains("stripe."));
  }

  @Test
  void everySpellingOfAKeyIsScrubbed() {
    for (String spelled : Spelled.of(TestBroker.CRM_KEY).values()) {
      broker
          .upstream()
          .answers(JsonNodeFactory.instance.objectNode().put("subject", spelled).toString());

      Called read = agent.call("crm.read_ticket", READ);

      assertEquals("ok", read.code());
      assertFalse(read.raw().contains(spelled), "a spelling came through");
      assertTrue(read.text().contains("[redacted]"), read.text());
    }
    assertTrue(
        broker.upstream().journal().stream()
            .allMatch(seen -> seen.authorization().orElse("").contains(TestBroker.CRM_KEY)));
  }

  @Test
  void aWriteWaitsForTheOwnerAndRunsOnce() {
    Called asked = agent.call("crm.add_note", TestBroker.NOTE);
    assertEquals("pending", asked.code());
    assertEquals(List.of(), broker.upstream().writes());
    var waiting = CompletableFuture.supplyAsync(() -> agent.awaitApproval(asked.approval(), 45));

    assertEquals(303, broker.signIn("olga").approve(asked.approval()));
    assertTrue(waiting.join().text().contains("is given"), waiting.join().text());
    Called ran = agent.call("crm.add_note", TestBroker.NOTE);

    assertEquals("ok", ran.code());
    assertEquals("pending", agent.call("crm.add_note", TestBroker.NOTE).code());
    assertEquals(1, broker.upstream().writes().size());
  }

  @Test
  void anApprovalAskedForOnOneTransportIsGoodOnTheOther() {
    AgentClient http = broker.stranger(agent.key());
    Called asked = agent.call("crm.add_note", TestBroker.NOTE);
    broker.signIn("olga").approve(asked.approval());

    assertEquals("ok", http.call("crm.add_note", TestBroker.NOTE).code());
    assertEquals("pending", agent.call("crm.add_note", TestBroker.NOTE).code());
    assertEquals(1, broker.upstream().writes().size());
  }

  @Test
  void theRecordSaysHowACallCameIn() {
    Called read = agent.call("crm.read_ticket", READ);

    String record = broker.operate("audit.list", "{\"call\":\"" + read.call() + "\"}").toString();

    assertTrue(record.contains("\"sse\"") || record.contains("\\\"sse\\\""), record);
  }

  @Test
  void revokingTheAgentEndsItsStreamAtOnce() throws Exception {
    agent.call("crm.read_ticket", READ);

    broker.operate("agent.revoke", "{\"name\":\"a1\"}");

    agent.stream().awaitEnd();
    assertEquals(401, agent.call("crm.read_ticket", READ).status());
    assertEquals(1, broker.upstream().journal().size());
  }

  @Test
  void rotatingTheKeyEndsTheStreamOfTheOldOne() throws Exception {
    String fresh = broker.operate("agent.rotate", "{\"name\":\"a1\"}").get("key").stringValue();

    agent.stream().awaitEnd();
    assertEquals("ok", agent.with(fresh).overSse().call("crm.read_ticket", READ).code());
  }

  @Test
  void stoppingTheBrokerEndsTheStream() throws Exception {
    broker.stop();

    agent.stream().awaitEnd();
    broker.start();
    assertEquals("ok", agent.overSse().call("crm.read_ticket", READ).code());
  }
}
