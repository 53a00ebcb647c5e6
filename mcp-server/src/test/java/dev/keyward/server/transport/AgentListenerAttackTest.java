package dev.keyward.server.transport;

import static dev.keyward.server.transport.RawClient.call;
import static dev.keyward.server.transport.RawClient.message;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@Timeout(60)
final class AgentListenerAttackTest {
  private static final int SESSIONS = 3;

  private final LogCapture log = new LogCapture();
  private final ScriptedBroker broker = new ScriptedBroker();
  private final AgentListener listener;
  private final RawClient client;
  private final RawClient other;

  AgentListenerAttackTest() throws IOException {
    listener =
        AgentListener.start(
            new AgentListener.Settings(
                Loopback.anyPort(),
                Set.of("keyward.example.com"),
                Set.of(URI.create("https://console.example.com")),
                SESSIONS,
                Optional.empty()),
            broker,
            new SecureRandom());
    client = new RawClient(listener.uri(), ScriptedBroker.KEY_TEXT);
    other = new RawClient(listener.uri(), ScriptedBroker.OTHER_KEY_TEXT);
  }

  @AfterEach
  void nothingLeaked() {
    broker.release();
    client.close();
    other.close();
    listener.close();
    log.close();
    assertFalse(log.text().contains(ScriptedBroker.CANARY), log.text());
    assertFalse(log.text().contains(ScriptedBroker.KEY_TEXT), log.text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "POST", "DELETE", "PUT", "OPTIONS", "TRACE"})
  void everyMethodNeedsAKey(String method) throws Exception {
    String session = client.open();
    String request =
        method
            + " /mcp HTTP/1.1\r\nHost: localhost:%d\r\nMcp-Session-Id: %s\r\n"
            + "Accept: text/event-stream\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

    String answer = Loopback.exchange(listener.port(), request.formatted(listener.port(), session));

    assertTrue(answer.startsWith("HTTP/1.1 401 "), answer);
    assertTrue(answer.contains("WWW-Authenticate: Bearer\r\n"), answer);
    assertTrue(answer.contains("\"code\":-32001"), answer);
  }

  @Test
  void noBadKeyLearnsWhyItIsBad() throws Exception {
    broker.revoke(ScriptedBroker.OTHER_KEY);
    Set<String> answers = new HashSet<>();
    for (String key :
        List.of(ScriptedBroker.OTHER_KEY_TEXT, "kw_agent_short", "x", "kw_run_" + "a".repeat(43))) {
      try (var bad = new RawClient(listener.uri(), key)) {
        answers.add(bad.post(RawClient.INITIALIZE).statusCode() + bad.post(RawClient.LIST).body());
      }
    }
    try (var none = RawClient.withoutKey(listener.uri())) {
      answers.add(none.post(RawClient.INITIALIZE).statusCode() + none.post(RawClient.LIST).body());
      answers.add(
          none.post(RawClient.LIST, "Authorization", "Basic eDp5").statusCode()
              + none.post(RawClient.LIST, "Authorization", "Bearer ").body());
    }

    assertEquals(1, answers.size(), answers.toString());
    assertTrue(answers.iterator().next().startsWith("401{"));
  }

  @Test
  void twoKeysInOneRequestAreNoKey() throws Exception {
    var answer =
        client.post(
            RawClient.INITIALIZE, "Authorization", "Bearer " + ScriptedBroker.OTHER_KEY_TEXT);

    assertEquals(401, answer.statusCode());
  }

  @Test
  void aRevokedKeyOpensItsOldSessionNoMore() throws Exception {
    String session = client.open();
    broker.revoke(ScriptedBroker.KEY);

    assertEquals(401, client.post(session, RawClient.PING).statusCode());
  }

  @Test
  void aSessionOfAnotherAgentDoesNotExist() throws Exception {
    String session = client.open();

    var foreign = other.post(session, call(3, "crm.echo", "{}"));
    var absent = other.post("session_00000000000000000000000000", call(3, "crm.echo", "{}"));

    assertEquals(404, foreign.statusCode());
    assertEquals(absent.body(), foreign.body());
    assertEquals(404, other.delete(session).statusCode());
    assertEquals(404, EventTap.open(other, session).status());
    assertEquals(200, client.post(session, RawClient.PING).statusCode());
    assertEquals(List.of(), broker.calls);
  }

  @Test
  void anEndedSessionDoesNotExist() throws Exception {
    String session = client.open();

    assertEquals(200, client.delete(session).statusCode());

    assertEquals(404, client.post(session, RawClient.PING).statusCode());
  }

  @Test
  void endingAnAgentsSessionsClosesItsStreamsAndNoOthers() throws Exception {
    String session = client.open();
    String kept = other.open();
    var stream = EventTap.open(client, session);

    listener.endSessions(ScriptedBroker.AGENT);

    stream.ended().await();
    assertEquals(404, client.post(session, RawClient.PING).statusCode());
    assertEquals(200, other.post(kept, RawClient.PING).statusCode());
  }

  @Test
  void anAgentHoldsOnlySoManyBusySessions() throws Exception {
    for (int i = 0; i < SESSIONS; i++) {
      assertEquals(200, EventTap.open(client, client.open()).status());
    }

    var oneMore = client.post(RawClient.INITIALIZE);

    assertEquals(429, oneMore.statusCode());
    assertFalse(oneMore.headers().firstValue("Mcp-Session-Id").isPresent());
    assertEquals(200, other.post(RawClient.INITIALIZE).statusCode());
  }

  @Test
  void aSessionHasOneListeningStream() throws Exception {
    String session = client.open();
    var first = EventTap.open(client, session);

    var second = EventTap.open(client, session);

    first.ended().await();
    assertEquals(200, second.status());
  }

  @Test
  void bodiesThatNeverEndHoldOnlySoMuchOfTheMemory() throws Exception {
    String session = client.open();
    String unfinished =
        "POST /mcp HTTP/1.1\r\nHost: localhost:%d\r\nAuthorization: Bearer %s\r\n"
                .formatted(listener.port(), ScriptedBroker.KEY_TEXT)
            + "Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n"
            + "Mcp-Session-Id: %s\r\nContent-Length: 1048576\r\n\r\n{".formatted(session);
    List<Socket> held = new ArrayList<>();
    try {
      int status = 200;
      for (int i = 0; i < 200 && status == 200; i++) {
        var socket = new Socket(InetAddress.getLoopbackAddress(), listener.port());
        held.add(socket);
        socket.getOutputStream().write(unfinished.getBytes(StandardCharsets.ISO_8859_1));
        status = client.post(session, RawClient.PING).statusCode();
      }

      assertEquals(429, status);
      assertEquals(200, other.post(RawClient.INITIALIZE).statusCode());
    } finally {
      for (Socket socket : held) {
        socket.close();
      }
    }
  }

  @Test
  void theSessionUnusedForLongestMakesRoom() throws Exception {
    String first = client.open();
    String second = client.open();
    client.open();
    client.post(first, RawClient.PING);

    client.open();

    assertEquals(200, client.post(first, RawClient.PING).statusCode());
    assertEquals(404, client.post(second, RawClient.PING).statusCode());
  }

  @Test
  void initializingInsideASessionOpensNone() throws Exception {
    String session = client.open();

    var answer = client.post(session, RawClient.INITIALIZE);

    assertFalse(answer.headers().firstValue("Mcp-Session-Id").isPresent());
    assertEquals(200, answer.statusCode());
    assertEquals(-32600, message(answer).at("/error/code").asInt());
  }

  @Test
  void aHiddenToolIsAsUnknownAsAnAbsentOne() throws Exception {
    String session = client.open();

    String hidden = client.post(session, call(3, ScriptedBroker.INVISIBLE, "{}")).body();
    String absent = client.post(session, call(3, "nobody.knows", "{}")).body();

    assertNotEquals("", withoutIds(hidden));
    assertEquals(withoutIds(absent), withoutIds(hidden));
    assertTrue(hidden.contains("\"code\":-32602"), hidden);
  }

  @Test
  void anExceptionsTextStaysInside() throws Exception {
    JsonNode answer = message(client.post(client.open(), call(3, "crm.explode", "{}")));

    String sentence = answer.path("error").path("message").asString();
    assertFalse(answer.toString().contains(ScriptedBroker.CANARY));
    assertTrue(sentence.matches("The broker failed\\. .* call call_[0-9a-z]{26}\\."), sentence);
    String id = sentence.replaceAll(".*(call_[0-9a-z]{26}).*", "$1");
    assertTrue(log.text().contains(id), "the operator finds the call by its id");
  }

  @Test
  void aBrokerThatCannotLookKeysUpSaysOnlyThat() throws Exception {
    broker.fail();

    var answer = client.post(RawClient.INITIALIZE);

    assertEquals(503, answer.statusCode());
    assertFalse(answer.body().contains(ScriptedBroker.CANARY));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "not json",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"ping\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"crm.echo\","
            + "\"arguments\":{\"a\":1,\"a\":2}}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"} trailing",
        ""
      })
  void whatIsNotStrictJsonIsAParseError(String body) throws Exception {
    var answer = client.post(client.open(), body);

    assertEquals(400, answer.statusCode());
    assertEquals(-32700, message(answer).path("error").path("code").asInt(), answer.body());
    assertEquals(List.of(), broker.calls);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "null",
        "{\"jsonrpc\":\"2.0\",\"id\":1}",
        "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":{\"sk_live_canary_51Hxyz\":1},\"method\":\"ping\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":\"a\\nsk_live_canary_51Hxyz\",\"method\":\"ping\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":[\"sk_live_canary_51Hxyz\"]}",
        "{\"jsonrpc\":\"2.0\",\"sk_live_canary_51Hxyz\":1}"
      })
  void whatIsNoMessageIsInvalidAndNotRepeated(String body) throws Exception {
    var answer = client.post(client.open(), body);

    assertEquals(400, answer.statusCode());
    assertEquals(-32600, message(answer).path("error").path("code").asInt(), answer.body());
    assertFalse(answer.body().contains(ScriptedBroker.CANARY));
  }

  @Test
  void anUnknownNotificationIsNotLogged() throws Exception {
    String notification =
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/x\",\"params\":{\"token\":\""
            + ScriptedBroker.CANARY
            + "\"}}";

    assertEquals(202, client.post(client.open(), notification).statusCode());
  }

  @ParameterizedTest
  @CsvSource({
    "/nothing, 404",
    "/mcp/x, 404",
    "/mcp;a=b, 404",
    "/, 404",
    "/%00, 400",
    "/mcp/../mcp/%2e%2e/x, 400"
  })
  void errorsOfTheServerAreJsonRpcErrorsToo(String path, int status) throws Exception {
    String answer =
        Loopback.exchange(
            listener.port(),
            "GET %s HTTP/1.1\r\nHost: localhost:%d\r\nAuthorization: Bearer %s\r\n"
                    .formatted(path, listener.port(), ScriptedBroker.KEY_TEXT)
                + "Accept: text/event-stream\r\nMcp-Session-Id: %s\r\nConnection: close\r\n\r\n"
                    .formatted(client.open()));

    assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
    assertTrue(answer.contains("{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32"), answer);
    assertPlain(answer);
  }

  @Test
  void nothingTellsWhatServes() throws Exception {
    var answer = client.post("x");

    assertTrue(answer.headers().firstValue("Server").isEmpty());
    assertTrue(answer.headers().firstValue("X-Powered-By").isEmpty());
    assertPlain(Loopback.exchange(listener.port(), "BREW\r\n\r\n"));
  }

  @Test
  void aBodyThatSaysItIsAboveOneMebibyteIsNotRead() throws Exception {
    String answer =
        Loopback.exchange(
            listener.port(),
            "POST /mcp HTTP/1.1\r\nHost: localhost:%d\r\nContent-Length: 1048577\r\n"
                    .formatted(listener.port())
                + "Connection: close\r\n\r\n");

    assertTrue(answer.startsWith("HTTP/1.1 413 "), answer);
    assertTrue(answer.contains("\"error\":{\"code\":-32600"), answer);
  }

  @Test
  void aBodyThatGrowsAboveOneMebibyteIsRefused() throws Exception {
    String frame = call(3, "crm.echo", "{\"a\":\"\"}");
    String large =
        call(3, "crm.echo", "{\"a\":\"" + "x".repeat((1 << 20) + 1 - frame.length()) + "\"}");
    var chunked =
        client
            .request("Mcp-Session-Id", client.open())
            .POST(BodyPublishers.fromPublisher(BodyPublishers.ofString(large)))
            .build();

    HttpResponse<String> answer = client.send(chunked);

    assertEquals(413, answer.statusCode());
    assertTrue(message(answer).has("error"), answer.body());
    assertEquals(List.of(), broker.calls);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host: evil.example.com",
        "Host: localhost:1",
        "Host: localhost",
        "Host: evil.example.com:%d",
        "Host: localhost:%d.evil.example.com",
        "Host: keyward.example.com:%d",
        "Host: 127.0.0.2:%d",
        "Host: localhost.:%d",
        "X-Forwarded-Host: localhost:%d\r\nHost: evil.example.com"
      })
  void aForeignHostIsMisdirected(String host) throws Exception {
    String answer = ping("/mcp", host.formatted(listener.port()));

    assertTrue(answer.startsWith("HTTP/1.1 421 ") || answer.startsWith("HTTP/1.1 400 "), answer);
  }

  @Test
  void twoHostsAreRefused() throws Exception {
    String own = "Host: localhost:" + listener.port();

    String answer = ping("/mcp", own + "\r\nHost: evil.example.com");

    assertTrue(answer.startsWith("HTTP/1.1 4"), answer);
  }

  @Test
  void anAbsoluteTargetDoesNotPassForTheHost() throws Exception {
    String answer =
        ping(
            "http://localhost:" + listener.port() + "/mcp",
            "Host: evil.example.com:" + listener.port());

    assertTrue(answer.startsWith("HTTP/1.1 4"), answer);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"localhost:%d", "127.0.0.1:%d", "[::1]:%d", "LOCALHOST:%d", "keyward.example.com"})
  void itsOwnAndConfiguredHostsAreAnswered(String host) throws Exception {
    String answer = ping("/mcp", "Host: " + host.formatted(listener.port()));

    assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "https://evil.example.com",
        "http://localhost:1",
        "http://localhost",
        "http://localhost:%d.evil.example.com",
        "file://"
      })
  void aForeignPageIsForbidden(String origin) throws Exception {
    var answer = client.post(RawClient.INITIALIZE, "Origin", origin.formatted(listener.port()));

    assertEquals(403, answer.statusCode());
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://localhost:%d", "https://console.example.com"})
  void itsOwnAndConfiguredPagesAreAnswered(String origin) throws Exception {
    var answer = client.post(RawClient.INITIALIZE, "Origin", origin.formatted(listener.port()));

    assertEquals(200, answer.statusCode());
  }

  @Test
  void anUnknownRevisionIsRefused() throws Exception {
    var answer =
        client.post(
            RawClient.PING, "Mcp-Session-Id", client.open(), "MCP-Protocol-Version", "1999-01-01");

    assertEquals(400, answer.statusCode());
  }

  @Test
  void healthNeedsNoKeyAndTellsNothing() throws Exception {
    String answer =
        Loopback.exchange(
            listener.port(),
            "GET /healthz HTTP/1.1\r\nHost: localhost:%d\r\nConnection: close\r\n\r\n"
                .formatted(listener.port()));

    assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
    assertTrue(answer.endsWith("\r\n\r\nok\n"), answer);
  }

  private String ping(String target, String host) throws Exception {
    String session = client.open();
    return Loopback.exchange(
        listener.port(),
        ("POST " + target + " HTTP/1.1\r\n" + host + "\r\n")
            + ("Authorization: Bearer " + ScriptedBroker.KEY_TEXT + "\r\n")
            + ("Mcp-Session-Id: " + session + "\r\n")
            + "Accept: application/json, text/event-stream\r\nContent-Type: application/json\r\n"
            + ("Content-Length: " + RawClient.PING.length() + "\r\nConnection: close\r\n\r\n")
            + RawClient.PING);
  }

  private static String withoutIds(String answer) {
    return answer.replaceAll("(call|session)_[0-9a-z]{26}", "$1");
  }

  private static void assertPlain(String answer) {
    assertFalse(answer.contains("org.eclipse"), answer);
    assertFalse(answer.contains("java."), answer);
    assertFalse(answer.contains("\tat "), answer);
    assertFalse(answer.contains("etty"), answer);
  }
}
