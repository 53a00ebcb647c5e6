package dev.keyward.server.transport;

import static dev.keyward.server.transport.RawClient.call;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@Timeout(60)
final class StdioServerTest {
  private final LogCapture log = new LogCapture();
  private final ScriptedBroker broker = new ScriptedBroker();
  private final StdioPair client = new StdioPair();
  private final StdioServer server =
      new StdioServer(
          broker,
          ScriptedBroker.KEY,
          client.in(),
          client.out(),
          new SecureRandom(),
          Duration.ofSeconds(30));
  private final Thread running = Thread.ofVirtual().start(this::run);

  StdioServerTest() throws IOException {}

  @AfterEach
  void stop() throws Exception {
    broker.release();
    client.end();
    running.join();
    log.close();
    assertFalse(log.text().contains(ScriptedBroker.CANARY), log.text());
  }

  @Test
  void aClientListsAndCalls() throws Exception {
    JsonNode server = initialize();
    client.send(RawClient.LIST);
    JsonNode tools = client.receive().path("result").path("tools");
    client.send(call(3, "crm.echo", "{\"id\":7}"));
    JsonNode result = client.receive().path("result");

    assertEquals("keyward", server.path("serverInfo").path("name").asString());
    assertEquals("crm.echo", tools.path(0).path("name").asString());
    assertEquals("{\"id\":7}", result.path("content").path(0).path("text").asString());
    assertEquals("stdio", broker.calls.getFirst().transport());
  }

  @Test
  void aPingIsAnsweredWhileACallWaits() throws Exception {
    initialize();
    client.send(call(3, "crm.wait", "{}"));
    broker.awaitWaiting(1);

    client.send(RawClient.PING);

    assertEquals(2, client.receive().path("id").asInt());
    broker.release();
    assertEquals(3, client.receive().path("id").asInt());
  }

  @Test
  void threeHundredCallsWaitAtOnce() throws Exception {
    initialize();
    for (int id = 100; id < 400; id++) {
      client.send(call(id, "crm.wait", "{}"));
    }
    broker.awaitWaiting(300);

    client.send(RawClient.PING);

    assertEquals(2, client.receive().path("id").asInt());
    broker.release();
    Set<Integer> answered = new HashSet<>();
    for (int i = 0; i < 300; i++) {
      answered.add(client.receive().path("id").asInt());
    }
    assertEquals(300, answered.size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "not json",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"ping\"}",
        "{",
        "\u0000"
      })
  void aBadLineIsAnsweredAndDoesNotEndTheLoop(String line) throws Exception {
    initialize();

    client.send(line);

    assertEquals(-32700, client.receive().path("error").path("code").asInt());
    client.send(RawClient.PING);
    assertEquals(2, client.receive().path("id").asInt());
  }

  @Test
  void aLineThatIsTooLongOrNotTextIsSkipped() throws Exception {
    initialize();

    client.send("\"" + "x".repeat(1 << 20) + "\"");
    client.sendRaw(new byte[] {'"', (byte) 0xff, '"', '\n'});
    client.send(RawClient.PING);

    assertEquals(-32700, client.receive().path("error").path("code").asInt());
    assertEquals(-32700, client.receive().path("error").path("code").asInt());
    assertEquals(2, client.receive().path("id").asInt());
  }

  @Test
  void nothingButPingIsServedBeforeTheHandshake() throws Exception {
    client.send(RawClient.LIST);

    assertEquals(-32600, client.receive().path("error").path("code").asInt());
    client.send(RawClient.PING);
    assertTrue(client.receive().path("result").isObject());
  }

  @Test
  void theEndOfTheInputLetsACallEnd() throws Exception {
    initialize();
    client.send(call(3, "crm.wait", "{}"));
    broker.awaitWaiting(1);

    client.end();
    broker.release();

    assertEquals(3, client.receive().path("id").asInt());
    running.join();
  }

  @Test
  void aRevokedKeyServesNothingMore() throws Exception {
    initialize();
    broker.revoke(ScriptedBroker.KEY);

    for (String request : List.of(RawClient.PING, RawClient.LIST, call(3, "crm.echo", "{}"))) {
      client.send(request);
      assertEquals(-32001, client.receive().path("error").path("code").asInt());
    }
    assertEquals(List.of(), broker.calls);
  }

  @Test
  void anExceptionsTextStaysInside() throws Exception {
    initialize();

    client.send(call(3, "crm.explode", "{}"));

    JsonNode answer = client.receive();
    assertTrue(answer.path("error").path("message").asString().contains("call_"));
    assertFalse(answer.toString().contains(ScriptedBroker.CANARY));
  }

  @Test
  void aBrokerThatCannotLookKeysUpSaysOnlyThat() throws Exception {
    initialize();
    broker.fail();

    client.send(RawClient.PING);

    JsonNode answer = client.receive();
    assertEquals(-32603, answer.path("error").path("code").asInt());
    assertFalse(answer.toString().contains(ScriptedBroker.CANARY));
  }

  @Test
  void aCancelledCallIsNotAnswered() throws Exception {
    initialize();
    client.send(call(3, "crm.wait", "{}"));
    broker.awaitWaiting(1);
    client.send(
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":3}}");
    client.send(RawClient.PING);
    assertEquals(2, client.receive().path("id").asInt());

    broker.release();
    client.end();
    running.join();

    assertTrue(broker.calls.getFirst().cancellation().cancelled());
    assertEquals(List.of(), client.rest());
  }

  @Test
  void aChangeOfToolsIsTold() throws Exception {
    initialize();
    client.send(RawClient.PING);
    client.receive();

    server.toolsChanged();

    assertEquals("notifications/tools/list_changed", client.receive().path("method").asString());
  }

  @Test
  void lineBreaksInAnAnswerDoNotBreakTheLine() throws Exception {
    initialize();

    client.sendRaw(
        (call(3, "crm.echo", "{\"text\":\"a\\nb\\u2028c\"}") + "\r\n")
            .getBytes(StandardCharsets.UTF_8));

    JsonNode structured = client.receive().path("result").path("structuredContent");
    assertEquals("a\nb\u2028c", structured.path("text").asString());
  }

  private JsonNode initialize() throws Exception {
    client.send(RawClient.INITIALIZE);
    JsonNode result = client.receive().path("result");
    client.send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
    return result;
  }

  private void run() {
    try {
      server.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
