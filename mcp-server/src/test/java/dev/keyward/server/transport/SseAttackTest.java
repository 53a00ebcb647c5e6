package dev.keyward.server.transport;

import static dev.keyward.server.transport.RawClient.call;
import static dev.keyward.server.transport.RawClient.message;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.redaction.Secret;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
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

@Timeout(300)
final class SseAttackTest {
  private static final int SESSIONS = 3;
  private static final int WAITING_BYTES = 1 << 18;
  private static final String KEY = ScriptedBroker.KEY_TEXT;
  private static final String OTHER_KEY = ScriptedBroker.OTHER_KEY_TEXT;
  private static final String ABSENT = "session_00000000000000000000000000";

  private final LogCapture log = new LogCapture();
  private final ScriptedBroker broker = new ScriptedBroker();
  private final AgentListener listener;

  SseAttackTest() throws IOException {
    listener =
        AgentListener.start(
            new AgentListener.Settings(
                Loopback.anyPort(), Set.of(), Set.of(), SESSIONS, Optional.empty()),
            broker,
            new SecureRandom(),
            new EventChannel.Limits(Duration.ofMillis(20), WAITING_BYTES, Duration.ofMillis(50)));
  }

  @AfterEach
  void nothingLeaked() {
    broker.release();
    listener.close();
    log.close();
    assertFalse(log.text().contains(ScriptedBroker.CANARY), log.text());
    assertFalse(log.text().contains(KEY), log.text());
    assertFalse(log.text().contains("WARNING: "), log.text());
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /sse",
    "HEAD, /sse",
    "POST, /sse",
    "POST, /sse/message",
    "GET, /sse/message",
    "DELETE, /sse/message",
    "TRACE, /sse"
  })
  void everyMethodNeedsAKey(String method, String path) throws Exception {
    try (SseClient client = ready()) {
      String answer =
          Loopback.exchange(
              listener.port(),
              "%s %s?session=%s HTTP/1.1\r\nHost: localhost:%d\r\nContent-Length: 0\r\n"
                      .formatted(method, path, client.session(), listener.port())
                  + "Connection: close\r\n\r\n");

      assertTrue(answer.startsWith("HTTP/1.1 401 "), answer);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "HEAD, /sse, GET",
    "POST, /sse, GET",
    "DELETE, /sse, GET",
    "TRACE, /sse, GET",
    "GET, /sse/message, POST",
    "PUT, /sse/message, POST",
    "HEAD, /sse/message, POST"
  })
  void otherMethodsOpenNothing(String method, String path, String allowed) throws Exception {
    String answer =
        Loopback.exchange(
            listener.port(),
            "%s %s HTTP/1.1\r\nHost: localhost:%d\r\nAuthorization: Bearer %s\r\n"
                    .formatted(method, path, listener.port(), KEY)
                + "Content-Length: 0\r\nConnection: close\r\n\r\n");

    assertTrue(answer.startsWith("HTTP/1.1 405 "), answer);
    assertTrue(answer.contains("Allow: " + allowed + "\r\n"), answer);
    assertFalse(answer.contains("event:"), answer);
  }

  @Test
  void aSessionOfAnotherAgentDoesNotExist() throws Exception {
    try (SseClient client = ready()) {
      var foreign = SseClient.post(OTHER_KEY, client.endpoint(), call(3, "crm.echo", "{}"));
      var absent = SseClient.post(OTHER_KEY, endpoint(ABSENT), call(3, "crm.echo", "{}"));

      assertEquals(404, foreign.statusCode());
      assertEquals(absent.body(), foreign.body());
      assertEquals(List.of(), broker.calls);
      assertStillServed(client);
    }
  }

  @Test
  void whoHasANewKeyGetsNoAnswerOntoTheStreamOfTheOldOne() throws Exception {
    String newKey = "kw_agent_" + "c".repeat(43);
    broker.alsoAccept(Secret.of(newKey));
    try (SseClient client = ready()) {
      var answer = SseClient.post(newKey, client.endpoint(), call(3, "crm.echo", "{}"));
      var absent = SseClient.post(newKey, endpoint(ABSENT), call(3, "crm.echo", "{}"));

      assertEquals(404, answer.statusCode());
      assertEquals(absent.body(), answer.body());
      assertEquals(List.of(), broker.calls);
    }
  }

  @Test
  void aRevokedKeyOpensItsSessionNoMoreAndCannotTellItFromAnother() throws Exception {
    try (SseClient client = ready()) {
      broker.revoke(ScriptedBroker.KEY);

      var own = client.post(call(3, "crm.echo", "{}"));
      var absent = SseClient.post(KEY, endpoint(ABSENT), call(3, "crm.echo", "{}"));

      assertEquals(401, own.statusCode());
      assertEquals(absent.body(), own.body());
      assertEquals(List.of(), broker.calls);
    }
  }

  @Test
  void aStreamWhoseKeyIsRefusedEndsEvenIfNobodySaidSo() throws Exception {
    try (SseClient client = ready()) {
      broker.revoke(ScriptedBroker.KEY);

      client.awaitEnd();
    }
  }

  @Test
  void endingAnAgentsSessionsClosesItsStreamsAndNoOthers() throws Exception {
    try (SseClient client = ready();
        SseClient other = SseClient.ready(listener.uri(), OTHER_KEY)) {
      client.post(call(9, "crm.wait", "{}"));
      broker.awaitWaiting(1);

      listener.endSessions(ScriptedBroker.AGENT);

      client.awaitEnd();
      assertTrue(broker.calls.getFirst().cancellation().cancelled());
      assertEquals(404, client.post(RawClient.PING).statusCode());
      assertStillServed(other);
    }
  }

  @Test
  void aSessionOfOneTransportOpensNothingOnTheOther() throws Exception {
    try (SseClient client = ready();
        var http = new RawClient(listener.uri(), KEY)) {
      assertEquals(404, http.post(client.session(), RawClient.PING).statusCode());
      assertEquals(404, http.delete(client.session()).statusCode());
      assertEquals(404, SseClient.post(KEY, endpoint(http.open()), RawClient.PING).statusCode());
      assertStillServed(client);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "?",
        "?session",
        "?session=",
        "?session=*",
        "?session=%2e%2e",
        "?session=session_%",
        "?sessionId=SESSION",
        "?SESSION=SESSION",
        "?session=SESSION&session=SESSION",
        "?session=SESSION%00",
        "?session=session_",
        "?x=1&session=SESSION",
        ";session=SESSION"
      })
  void whatIsNotTheExactAddressNamesNoSession(String rest) throws Exception {
    try (SseClient client = ready()) {
      String target = "/sse/message" + rest.replace("SESSION", client.session());
      String answer =
          Loopback.exchange(
              listener.port(),
              "POST %s HTTP/1.1\r\nHost: localhost:%d\r\nAuthorization: Bearer %s\r\n"
                      .formatted(target, listener.port(), KEY)
                  + "Content-Type: application/json\r\nMcp-Session-Id: %s\r\nContent-Length: %d\r\n"
                      .formatted(client.session(), RawClient.PING.length())
                  + "Connection: close\r\n\r\n"
                  + RawClient.PING);

      assertTrue(answer.matches("(?s)HTTP/1.1 40[04] .*"), answer);
      assertStillServed(client);
    }
  }

  @Test
  void bothTransportsShareTheLimitOfSessions() throws Exception {
    try (SseClient first = ready();
        SseClient second = ready();
        var http = new RawClient(listener.uri(), KEY)) {
      assertEquals(200, EventTap.open(http, http.open()).status());

      try (SseClient oneMore = SseClient.open(listener.uri(), KEY);
          SseClient other = SseClient.open(listener.uri(), OTHER_KEY)) {
        assertEquals(429, oneMore.status());
        assertEquals(429, http.post(RawClient.INITIALIZE).statusCode());
        assertEquals(200, other.status());
      }
      assertStillServed(first);
      assertStillServed(second);
    }
  }

  @Test
  void anUnusedSessionOfTheOtherTransportMakesRoomForAStream() throws Exception {
    try (var http = new RawClient(listener.uri(), KEY)) {
      String unused = http.open();
      for (int i = 1; i < SESSIONS; i++) {
        assertEquals(200, EventTap.open(http, http.open()).status());
      }

      try (SseClient client = ready()) {
        assertStillServed(client);
        assertEquals(404, http.post(unused, RawClient.PING).statusCode());
      }
    }
  }

  @Test
  void tenThousandAbandonedStreamsHoldNoMoreThanTheLimitAndAreForgotten() throws Exception {
    for (int i = 0; i < 10_000; i++) {
      SseClient.open(listener.uri(), KEY).vanish();
    }
    List<SseClient> held = new ArrayList<>();
    while (held.size() < SESSIONS) { // until the last of them have been noticed
      SseClient client = SseClient.open(listener.uri(), KEY);
      if (client.status() == 200) {
        held.add(client);
      } else {
        client.close();
      }
    }

    assertEquals(429, SseClient.open(listener.uri(), KEY).status());
    for (SseClient client : held) {
      client.close();
    }
  }

  @Test
  void whoDoesNotReadIsCutOffAndHoldsUpNobody() throws Exception {
    try (var small = new Socket()) {
      small.setReceiveBufferSize(1 << 12);
      SseClient deaf = SseClient.open(listener.uri(), KEY, small);
      deaf.post(RawClient.INITIALIZE);
      SseClient client = SseClient.ready(listener.uri(), OTHER_KEY);
      String large = "{\"p\":\"" + "x".repeat(200_000) + "\"}";

      int accepted = 0;
      for (int status = 202; status != 404; accepted++) {
        status = deaf.post(call(100 + accepted, "crm.echo", large)).statusCode();
        assertTrue(status == 202 || status == 404 || status == 429, "got " + status);
        assertStillServed(client);
      }

      assertTrue(accepted < 200, accepted + " answers of 400 kB were taken for one who reads none");
      client.close();
    }
  }

  @Test
  void onlySoManyRequestsOfASessionAreOpenAtOnce() throws Exception {
    try (SseClient client = ready()) {
      int taken = 0;
      while (client.post(call(100 + taken, "crm.wait", "{}")).statusCode() == 202) {
        taken++;
      }

      assertEquals(128, taken);
      broker.release();
      for (int i = 0; i < taken; i++) {
        assertTrue(client.message().has("result"));
      }
      assertStillServed(client);
    }
  }

  @Test
  void aBodyThatSaysItIsAboveOneMebibyteIsNotRead() throws Exception {
    String answer =
        Loopback.exchange(
            listener.port(),
            "POST /sse/message HTTP/1.1\r\nHost: localhost:%d\r\nContent-Length: 1048577\r\n"
                    .formatted(listener.port())
                + "Connection: close\r\n\r\n");

    assertTrue(answer.startsWith("HTTP/1.1 413 "), answer);
  }

  @Test
  void aBodyThatGrowsAboveOneMebibyteIsRefused() throws Exception {
    String large = call(3, "crm.echo", "{\"a\":\"" + "x".repeat(1 << 20) + "\"}");
    try (SseClient client = ready();
        var sender = new RawClient(client.endpoint(), KEY)) {
      HttpResponse<String> answer =
          sender.send(
              sender
                  .request()
                  .POST(BodyPublishers.fromPublisher(BodyPublishers.ofString(large)))
                  .build());

      assertEquals(413, answer.statusCode());
      assertEquals(List.of(), broker.calls);
      assertStillServed(client);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "not json|-32700",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"ping\"}|-32700",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"} {}|-32700",
        "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}]|-32600",
        "{\"jsonrpc\":\"2.0\",\"id\":{\"sk_live_canary_51Hxyz\":1},\"method\":\"ping\"}|-32600",
        "{\"jsonrpc\":\"2.0\",\"sk_live_canary_51Hxyz\":1}|-32600"
      })
  void whatIsNoMessageIsRefusedAndNotRepeated(String body, int code) throws Exception {
    try (SseClient client = ready()) {
      var answer = client.post(body);

      assertEquals(400, answer.statusCode());
      assertEquals(code, message(answer).at("/error/code").asInt());
      assertFalse(answer.body().contains(ScriptedBroker.CANARY));
      assertStillServed(client);
    }
  }

  @Test
  void whatIsNotUtf8IsNotJson() throws Exception {
    byte[] body = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"x\":\"?\"}".getBytes(UTF_8);
    body[body.length - 3] = (byte) 0xff;
    try (SseClient client = ready();
        var sender = new RawClient(client.endpoint(), KEY)) {
      var answer = sender.send(sender.request().POST(BodyPublishers.ofByteArray(body)).build());

      assertEquals(400, answer.statusCode());
      assertEquals(-32700, message(answer).at("/error/code").asInt());
    }
  }

  @Test
  void whatIsNotSentAsJsonIsRefused() throws Exception {
    try (SseClient client = ready()) {
      String answer =
          Loopback.exchange(
              listener.port(),
              "POST %s?%s HTTP/1.1\r\nHost: localhost:%d\r\nAuthorization: Bearer %s\r\n"
                      .formatted(
                          client.endpoint().getPath(),
                          client.endpoint().getQuery(),
                          listener.port(),
                          KEY)
                  + "Content-Type: text/plain\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

      assertTrue(answer.startsWith("HTTP/1.1 415 "), answer);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET /sse, evil.example.com", "GET /sse, localhost:1",
    "POST /sse/message, evil.example.com", "POST /sse/message, localhost:1"
  })
  void aForeignHostIsMisdirected(String request, String host) throws Exception {
    String answer = ask(request, "Host: " + host);

    assertTrue(answer.startsWith("HTTP/1.1 421 "), answer);
  }

  @ParameterizedTest
  @CsvSource({
    "GET /sse, https://evil.example.com", "GET /sse, null",
    "POST /sse/message, https://evil.example.com", "POST /sse/message, null"
  })
  void aForeignPageIsForbidden(String request, String origin) throws Exception {
    String answer = ask(request, "Host: localhost:" + listener.port() + "\r\nOrigin: " + origin);

    assertTrue(answer.startsWith("HTTP/1.1 403 "), answer);
  }

  @Test
  void anExceptionsTextStaysInside() throws Exception {
    try (SseClient client = ready()) {
      client.post(call(3, "crm.explode", "{}"));
      JsonNode answer = client.message();

      assertFalse(answer.toString().contains(ScriptedBroker.CANARY));
      String sentence = answer.at("/error/message").asString();
      assertTrue(sentence.matches("The broker failed\\. .* call call_[0-9a-z]{26}\\."), sentence);
    }
  }

  @Test
  void aHiddenToolIsAsUnknownAsAnAbsentOne() throws Exception {
    try (SseClient client = ready()) {
      client.post(call(3, ScriptedBroker.INVISIBLE, "{}"));
      String hidden = client.message().toString();
      client.post(call(3, "nobody.knows", "{}"));
      String absent = client.message().toString();

      assertEquals(withoutIds(absent), withoutIds(hidden));
    }
  }

  private SseClient ready() throws IOException, InterruptedException {
    return SseClient.ready(listener.uri(), KEY);
  }

  private URI endpoint(String session) {
    return listener.uri().resolve("/sse/message?session=" + session);
  }

  private String ask(String request, String headers) throws IOException {
    return Loopback.exchange(
        listener.port(),
        "%s HTTP/1.1\r\n%s\r\nAuthorization: Bearer %s\r\n".formatted(request, headers, KEY)
            + "Content-Type: application/json\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  }

  private static void assertStillServed(SseClient client) throws Exception {
    assertEquals(202, client.post(RawClient.PING).statusCode());
    assertEquals("{}", client.message().path("result").toString());
  }

  private static String withoutIds(String answer) {
    return answer.replaceAll("(call|session)_[0-9a-z]{26}", "$1");
  }
}
