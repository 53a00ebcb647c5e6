package dev.keyward.server.transport;

import static dev.keyward.server.transport.ModernClient.draft;
import static dev.keyward.server.transport.ModernClient.draftCall;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a hostile client of revision 2026-07-28 may try: the server stays up, and says little.
@Timeout(120)
final class ModernAttackTest {
  private final ScriptedBroker broker = new ScriptedBroker();
  private final AgentListener listener;
  private final ModernClient client;

  ModernAttackTest() throws IOException {
    listener =
        AgentListener.start(
            AgentListener.Settings.on(Loopback.anyPort()), broker, new SecureRandom());
    client = new ModernClient(listener.uri(), ScriptedBroker.KEY_TEXT);
  }

  @AfterEach
  void itIsStillServed() throws Exception {
    assertEquals(200, client.send(draft(1, "tools/list")).statusCode());
    broker.release();
    client.close();
    listener.close();
  }

  @Test
  void aBodyThatSaysItIsAboveOneMebibyteIsNotRead() throws Exception {
    String head = "Host: localhost:%d\r\nContent-Length: 1048577\r\n".formatted(listener.port());

    assertTrue(exchange(request(head)).startsWith("HTTP/1.1 413"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1_001, 100_000})
  void whatIsNestedTooDeeplyIsRefused(int depth) throws Exception {
    var answer = post("{\"a\":".repeat(depth) + "1" + "}".repeat(depth));

    assertEquals(400, answer.statusCode());
    assertTrue(answer.body().contains("-32700"), answer.body());
  }

  @Test
  void whatHasTooManyPartsIsRefused() throws Exception {
    var answer = post("{\"a\":[" + "1,".repeat(50_000) + "1]}");

    assertEquals(400, answer.statusCode());
    assertTrue(answer.body().contains("-32700"), answer.body());
  }

  @Test
  void aKeyThatIsThereTwiceIsRefused() throws Exception {
    String body = draftCall(1, "crm.echo", "{\"a\":1}").body.toString();

    var answer = post(body.replace("\"a\":1", "\"a\":1,\"a\":2"));

    assertEquals(400, answer.statusCode());
    assertEquals(List.of(), broker.calls);
  }

  @Test
  void whatIsNotUtf8IsRefused() throws Exception {
    var draft = draft(1, "tools/list");
    byte[] body = draft.body.toString().replace("modern", "moXern").getBytes(UTF_8);
    body[new String(body, UTF_8).indexOf('X')] = (byte) 0xff;
    var request =
        client.builder(draft.headers).POST(HttpRequest.BodyPublishers.ofByteArray(body)).build();

    assertEquals(
        400, client.http().send(request, HttpResponse.BodyHandlers.discarding()).statusCode());
  }

  @Test
  void theNameOfTheHeaderDoesNotMakeAnotherToolCalled() throws Exception {
    var hidden = draftCall(1, ScriptedBroker.INVISIBLE, "{}").header("Mcp-Name", "crm.echo");

    assertEquals(400, client.send(hidden).statusCode());
    assertEquals(List.of(), broker.calls);
  }

  @Test
  void whatTheClientCallsItselfChangesNothingAndIsNotRepeated() throws Exception {
    var draft = draftCall(1, "crm.echo", "{}");
    draft.meta.putObject("io.modelcontextprotocol/clientInfo").put("name", "finance\r\nX-Evil: 1");

    var answer = client.send(draft);

    assertEquals(200, answer.statusCode());
    assertFalse(answer.body().contains("X-Evil"));
    assertEquals(ScriptedBroker.KEY, broker.calls.getFirst().key());
  }

  @ParameterizedTest
  @CsvSource({
    "Host: evil.example.com, 421",
    "Host: localhost.evil.example.com, 421",
    "Origin: http://evil.example.com, 403",
    "Origin: null, 403"
  })
  void foreignPagesAndHostsAreTurnedAway(String header, int status) throws Exception {
    String host = header.startsWith("Host") ? "" : "Host: localhost:" + listener.port() + "\r\n";

    String answer = exchange(request(host + header + "\r\nContent-Length: 0\r\n"));

    assertTrue(answer.startsWith("HTTP/1.1 " + status), answer);
  }

  /// Bodies of which the end does not come fill an agent's share of the memory, and no more.
  @Test
  void bodiesThatDoNotEndHoldUpNobodyElse() throws Exception {
    List<Socket> slow = new ArrayList<>();
    String head = "Host: localhost:%d\r\nContent-Length: 1048576\r\n".formatted(listener.port());
    String begun =
        request(head).replace(ScriptedBroker.KEY_TEXT, ScriptedBroker.OTHER_KEY_TEXT) + "{";
    for (int i = 0; i < 40; i++) { // 32 MiB are allowed
      slow.add(sent(begun));
    }
    try (var other = new ModernClient(listener.uri(), ScriptedBroker.OTHER_KEY_TEXT)) {
      while (other.send(draft(1, "tools/list")).statusCode() != 429) {
        slow.add(sent(begun)); // while a request was there, the last had no room beside it
      }

      assertEquals(200, client.send(draft(1, "tools/list")).statusCode());
      for (Socket socket : slow) {
        socket.close();
      }
      while (other.send(draft(1, "tools/list")).statusCode() != 200) {} // until that was noticed
    }
  }

  private Socket sent(String text) throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), listener.port());
    socket.getOutputStream().write(text.getBytes(US_ASCII));
    return socket;
  }

  private static String request(String headers) {
    return "POST /mcp HTTP/1.1\r\n"
        + headers
        + "Authorization: Bearer %s\r\n".formatted(ScriptedBroker.KEY_TEXT)
        + "Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n"
        + "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/list\r\n\r\n";
  }

  private String exchange(String request) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
      socket.getOutputStream().write(request.getBytes(US_ASCII));
      return new String(socket.getInputStream().readNBytes(64), US_ASCII);
    }
  }

  private HttpResponse<String> post(String body) throws Exception {
    var request =
        client
            .builder(draft(1, "tools/list").headers)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return client.http().send(request, HttpResponse.BodyHandlers.ofString());
  }
}
