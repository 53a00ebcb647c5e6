package dev.keyward.server.transport;

import static dev.keyward.server.transport.RawClient.call;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientSseClientTransport;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(120)
final class SseTest {
  private static final Duration SILENCE = Duration.ofMillis(20);

  private final ScriptedBroker broker = new ScriptedBroker();
  private final AgentListener listener;

  SseTest() throws IOException {
    listener =
        AgentListener.start(
            AgentListener.Settings.on(Loopback.anyPort()),
            broker,
            new SecureRandom(),
            new EventChannel.Limits(SILENCE, 1 << 22, Duration.ofSeconds(15)));
  }

  @AfterEach
  void stop() {
    broker.release();
    listener.close();
  }

  @Test
  void theFirstEventSaysWhereMessagesGo() throws Exception {
    try (SseClient client = SseClient.open(listener.uri(), ScriptedBroker.KEY_TEXT)) {
      assertTrue(client.headers().contains("Content-Type: text/event-stream\n"), client.headers());
      assertTrue(client.headers().contains("Cache-Control: no-store\n"), client.headers());
      assertTrue(client.headers().contains("X-Accel-Buffering: no\n"), client.headers());
      assertEquals("/sse/message", client.endpoint().getPath());
      assertEquals(listener.uri().getAuthority(), client.endpoint().getAuthority());
    }
  }

  @Test
  void aMessageIsAcceptedAndAnsweredOnTheStream() throws Exception {
    try (SseClient client = ready()) {
      HttpResponse<String> accepted = client.post(call(3, "crm.echo", "{\"id\":7}"));
      JsonNode answer = client.message();

      assertEquals(202, accepted.statusCode());
      assertEquals("", accepted.body());
      assertEquals(3, answer.path("id").asInt());
      assertEquals("{\"id\":7}", answer.at("/result/content/0/text").asString());
      assertEquals("sse", broker.calls.getFirst().transport());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"2024-11-05", "2025-03-26", "2025-11-25", "1999-01-01"})
  void everyClientIsOfferedTheRevisionOfThisTransport(String asked) throws Exception {
    try (SseClient client = SseClient.open(listener.uri(), ScriptedBroker.KEY_TEXT)) {
      client.post(RawClient.INITIALIZE.replace("2025-11-25", asked));

      JsonNode result = client.message().path("result");

      assertEquals("2024-11-05", result.path("protocolVersion").asString());
      assertEquals("{\"tools\":{\"listChanged\":true}}", result.path("capabilities").toString());
    }
  }

  @Test
  void theHeaderMayNameTheRevisionThatWasAgreedAndNoOther() throws Exception {
    try (SseClient client = ready()) {
      assertEquals(
          202, client.post(RawClient.PING, "MCP-Protocol-Version", "2024-11-05").statusCode());
      assertEquals(
          400, client.post(RawClient.PING, "MCP-Protocol-Version", "2025-11-25").statusCode());
    }
  }

  @Test
  void fourThousandAnswersForThirtyTwoCallersAtOnceArriveWhole() throws Exception {
    int callers = 32;
    int each = 125;
    List<String> padding = List.of("x", "é".repeat(50), "y\\n".repeat(700), "z".repeat(20_000));
    Set<Integer> answered = new HashSet<>();
    var open = new Semaphore(callers);
    try (SseClient client = ready();
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      for (int caller = 0; caller < callers; caller++) {
        int first = 1_000 + caller * each;
        threads.execute(
            () -> {
              for (int id = first; id < first + each; id++) {
                String arguments = "{\"n\":%d,\"p\":\"%s\"}".formatted(id, padding.get(id % 4));
                open.acquireUninterruptibly();
                post(http, client, call(id, "crm.echo", arguments));
              }
            });
      }
      for (int i = 0; i < callers * each; i++) {
        JsonNode answer = client.message();
        open.release();
        int id = answer.path("id").asInt();
        JsonNode echo = answer.at("/result/structuredContent");
        assertEquals(id, echo.path("n").asInt());
        assertEquals(padding.get(id % 4).replace("\\n", "\n"), echo.path("p").asString());
        answered.add(id);
      }
    }

    assertEquals(
        IntStream.range(1_000, 1_000 + callers * each).boxed().collect(Collectors.toSet()),
        answered);
  }

  @Test
  void aSilentStreamIsKeptAlive() throws Exception {
    try (SseClient client = ready()) {
      for (int i = 0; i < 3; i++) {
        var frame = assertInstanceOf(SseClient.Frame.Comment.class, client.frame().orElseThrow());
        assertEquals("keep-alive", frame.text());
      }
    }
  }

  @Test
  void theUsualSilenceIsShorterThanAProxysPatience() {
    assertTrue(EventChannel.Limits.USUAL.keepAlive().compareTo(Duration.ofSeconds(15)) <= 0);
  }

  @Test
  void changedToolsAreToldToWhoHasInitialized() throws Exception {
    try (SseClient fresh = SseClient.open(listener.uri(), ScriptedBroker.KEY_TEXT);
        SseClient client = ready()) {
      client.post(RawClient.PING); // its answer comes after what the handshake brought
      client.message();

      listener.toolsChanged();

      assertEquals("notifications/tools/list_changed", client.message().path("method").asString());
      fresh.post(RawClient.PING);
      assertEquals(2, fresh.message().path("id").asInt());
    }
  }

  @Test
  void whatComesBeforeTheHandshakeIsRefusedAndDoesNotHang() throws Exception {
    try (SseClient client = SseClient.open(listener.uri(), ScriptedBroker.KEY_TEXT)) {
      client.post(RawClient.LIST);
      JsonNode early = client.message();
      client.post(RawClient.PING);
      JsonNode ping = client.message();

      assertEquals(-32600, early.at("/error/code").asInt());
      assertTrue(ping.path("result").isObject());
    }
  }

  @Test
  void cancellingReachesTheCallAndItIsNotAnswered() throws Exception {
    try (SseClient client = ready()) {
      client.post(call(9, "crm.wait", "{}"));
      broker.awaitWaiting(1);

      client.post(
          "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":9}}");

      assertTrue(broker.calls.getFirst().cancellation().cancelled());
      broker.release();
      client.post(call(10, "crm.echo", "{}"));
      assertEquals(10, client.message().path("id").asInt());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aClientThatLeavesIsNoticedAndItsCallsAreCancelled(boolean abruptly) throws Exception {
    SseClient client = ready();
    client.post(call(9, "crm.wait", "{}"));
    broker.awaitWaiting(1);

    if (abruptly) {
      client.vanish();
    } else {
      client.close();
    }

    awaitUnknown(client);
    assertTrue(broker.calls.getFirst().cancellation().cancelled());
  }

  @Test
  void aClientThatSendsMoreOnItsStreamEndsIt() throws Exception {
    try (SseClient client = ready()) {
      client.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");

      client.awaitEnd();

      awaitUnknown(client);
    }
  }

  @Test
  void anIdInUseIsRefused() throws Exception {
    try (SseClient client = ready()) {
      client.post(call(9, "crm.wait", "{}"));
      broker.awaitWaiting(1);

      client.post(call(9, "crm.echo", "{}"));

      assertEquals(-32600, client.message().at("/error/code").asInt());
      broker.release();
      assertTrue(client.message().path("result").has("content"));
    }
  }

  @Test
  void aHundredWaitingCallsHoldUpNobody() throws Exception {
    try (SseClient client = ready();
        SseClient other = SseClient.ready(listener.uri(), ScriptedBroker.OTHER_KEY_TEXT)) {
      for (int id = 100; id < 200; id++) {
        assertEquals(202, client.post(call(id, "crm.wait", "{}")).statusCode());
      }
      broker.awaitWaiting(100);

      client.post(RawClient.PING);
      assertEquals(2, client.message().path("id").asInt());
      other.post(call(3, "crm.echo", "{}"));
      assertEquals(3, other.message().path("id").asInt());

      broker.release();
      Set<Integer> answered = new TreeSet<>();
      for (int i = 0; i < 100; i++) {
        answered.add(client.message().path("id").asInt());
      }
      assertEquals(100, answered.size());
    }
  }

  @Test
  void closingLetsACallInFlightEnd() throws Exception {
    try (SseClient client = ready();
        SseClient idle = ready()) {
      client.post(call(9, "crm.wait", "{}"));
      broker.awaitWaiting(1);
      var closing = Thread.ofVirtual().start(listener::close);

      idle.awaitEnd();
      broker.release();

      assertEquals(9, client.message().path("id").asInt());
      client.awaitEnd();
      closing.join();
    }
  }

  @Test
  void theSdksClientListsCallsAndHearsOfChanges() throws Exception {
    BlockingQueue<List<Tool>> changes = new LinkedBlockingQueue<>();
    try (McpSyncClient client = sdkClient(changes)) {
      var server = client.initialize();
      var tools = client.listTools().tools().stream().map(Tool::name).toList();
      var result =
          client.callTool(CallToolRequest.builder("crm.echo").arguments(Map.of("id", 7)).build());
      var pending = client.callTool(CallToolRequest.builder("crm.pending").build());
      var unknown =
          assertThrows(
              McpError.class,
              () -> client.callTool(CallToolRequest.builder("crm.nothing").build()));
      listener.toolsChanged();

      assertEquals("2024-11-05", server.protocolVersion());
      assertEquals(List.of("crm.echo", "crm.explode", "crm.pending", "crm.wait"), tools);
      assertEquals("{\"id\":7}", ((TextContent) result.content().getFirst()).text());
      assertFalse(result.isError());
      assertTrue(pending.isError());
      assertEquals(-32602, unknown.getJsonRpcError().code());
      assertEquals(4, changes.take().size());
    }
  }

  @SuppressWarnings("deprecation") // the transport itself is the old one
  private McpSyncClient sdkClient(BlockingQueue<List<Tool>> changes) {
    var transport =
        HttpClientSseClientTransport.builder("http://127.0.0.1:" + listener.port())
            .jsonMapper(new JacksonMcpJsonMapper(JsonMapper.shared()))
            .requestBuilder(
                HttpRequest.newBuilder()
                    .header("Authorization", "Bearer " + ScriptedBroker.KEY_TEXT))
            .build();
    return McpClient.sync(transport)
        .requestTimeout(Duration.ofSeconds(20))
        .toolsChangeConsumer(changes::add)
        .build();
  }

  private SseClient ready() throws IOException, InterruptedException {
    return SseClient.ready(listener.uri(), ScriptedBroker.KEY_TEXT);
  }

  /// Asks until the session is gone.
  private static void awaitUnknown(SseClient client) throws IOException, InterruptedException {
    while (client.post(RawClient.PING).statusCode() != 404) {}
  }

  private static void post(HttpClient http, SseClient client, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(client.endpoint())
            .header("Authorization", "Bearer " + ScriptedBroker.KEY_TEXT)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    var answer = http.sendAsync(request, HttpResponse.BodyHandlers.discarding()).join();
    assertEquals(202, answer.statusCode());
  }
}
