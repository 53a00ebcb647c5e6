package dev.keyward.server.transport;

import static dev.keyward.server.transport.RawClient.call;
import static dev.keyward.server.transport.RawClient.message;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(60)
final class AgentListenerTest {
  private final ScriptedBroker broker = new ScriptedBroker();
  private AgentListener listener;
  private RawClient raw;

  AgentListenerTest() throws IOException {
    listener =
        AgentListener.start(
            AgentListener.Settings.on(Loopback.anyPort()), broker, new SecureRandom());
    raw = new RawClient(listener.uri(), ScriptedBroker.KEY_TEXT);
  }

  @BeforeEach
  void serves() {
    assertTrue(listener.port() > 0);
  }

  @AfterEach
  void stop() {
    broker.release();
    raw.close();
    listener.close();
  }

  @Test
  void theSdksClientListsAndCalls() {
    try (McpSyncClient client = sdkClient(_ -> {})) {
      var server = client.initialize();
      var tools = client.listTools().tools().stream().map(Tool::name).toList();
      var result =
          client.callTool(CallToolRequest.builder("crm.echo").arguments(Map.of("id", 7)).build());

      assertEquals("keyward", server.serverInfo().name());
      assertEquals(List.of("crm.echo", "crm.explode", "crm.pending", "crm.wait"), tools);
      assertEquals("{\"id\":7}", ((TextContent) result.content().getFirst()).text());
      assertEquals(Map.of("id", 7), result.structuredContent());
      assertFalse(result.isError());
      assertEquals(ScriptedBroker.KEY, broker.calls.getFirst().key());
    }
  }

  @Test
  void whoSkipsInitializeIsToldToBeginThere() throws Exception {
    var answer = raw.post(RawClient.LIST);

    String told = message(answer).path("error").path("message").asString();
    assertEquals(400, answer.statusCode());
    assertTrue(told.contains("initialize first"), told);
  }

  @Test
  void onlyToolsAreOffered() throws Exception {
    JsonNode result = message(raw.post(RawClient.INITIALIZE)).path("result");

    assertEquals("{\"tools\":{\"listChanged\":true}}", result.path("capabilities").toString());
    assertTrue(result.path("instructions").asString().contains("keyward.approval_wait"));
  }

  @Test
  void aClientOfAnotherRevisionIsOfferedTheNewestOne() throws Exception {
    String initialize = RawClient.INITIALIZE.replace("2025-11-25", "1999-01-01");

    JsonNode result = message(raw.post(initialize)).path("result");

    assertEquals("2025-11-25", result.path("protocolVersion").asString());
  }

  @Test
  void anErrorCarriesNoStructuredContent() throws Exception {
    JsonNode result =
        message(raw.post(raw.open(), call(3, "crm.pending", "{\"a\":1}"))).path("result");

    assertTrue(result.path("isError").asBoolean());
    assertFalse(result.has("structuredContent"));
    assertEquals("pending", result.path("_meta").path("keyward/call").path("code").asString());
  }

  @Test
  void argumentsArriveExactly() throws Exception {
    String arguments = "{\"amount\":12345678901234567890.10,\"n\":9007199254740993}";

    raw.post(raw.open(), call(3, "crm.echo", arguments));

    assertEquals(arguments, broker.calls.getFirst().arguments().toString());
  }

  @Test
  void absentArgumentsAreAnEmptyObject() throws Exception {
    raw.post(
        raw.open(),
        "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"tools/call\",\"params\":{\"name\":\"crm.echo\"}}");

    assertEquals("{}", broker.calls.getFirst().arguments().toString());
  }

  @Test
  void aChangeOfToolsIsToldOnce() throws Exception {
    BlockingQueue<Integer> told = new LinkedBlockingQueue<>();
    try (McpSyncClient client = sdkClient(tools -> told.add(tools.size()))) {
      client.initialize();
      String session = raw.open();
      var stream = listen(session);

      listener.toolsChanged();

      String first = stream.body().take();
      assertTrue(first.contains("notifications/tools/list_changed"), first);
      message(raw.post(session, RawClient.PING));
      assertTrue(stream.body().isEmpty());
      Integer tools = told.poll();
      while (tools == null) { // the client's own stream may not have been open yet
        listener.toolsChanged();
        tools = told.poll(100, TimeUnit.MILLISECONDS);
      }
      assertEquals(4, tools);
    }
  }

  @Test
  void aListeningStreamShowsItsHeadersBeforeItsFirstEvent() throws Exception {
    var stream = listen(raw.open());

    assertEquals(200, stream.status());
  }

  @Test
  void cancellingReachesTheCall() throws Exception {
    String session = raw.open();
    CompletableFuture<HttpResponse<String>> waiting =
        raw.http()
            .sendAsync(
                raw.request("Mcp-Session-Id", session)
                    .POST(HttpRequest.BodyPublishers.ofString(call(9, "crm.wait", "{}")))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    broker.awaitWaiting(1);

    raw.post(
        session,
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":9}}");

    assertTrue(broker.calls.getFirst().cancellation().cancelled());
    broker.release();
    assertEquals("", waiting.get().body());
  }

  @Test
  void anIdInUseIsRefused() throws Exception {
    String session = raw.open();
    var waiting =
        raw.http()
            .sendAsync(
                raw.request("Mcp-Session-Id", session)
                    .POST(HttpRequest.BodyPublishers.ofString(call(9, "crm.wait", "{}")))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    broker.awaitWaiting(1);

    JsonNode second = message(raw.post(session, call(9, "crm.echo", "{}")));

    assertEquals(-32600, second.path("error").path("code").asInt());
    broker.release();
    assertEquals(9, message(waiting.get()).path("id").asInt());
  }

  @Test
  void threeHundredWaitingCallsHoldUpNobody() throws Exception {
    String session = raw.open();
    List<CompletableFuture<HttpResponse<String>>> waiting =
        IntStream.range(100, 400)
            .mapToObj(
                id ->
                    raw.http()
                        .sendAsync(
                            raw.request("Mcp-Session-Id", session)
                                .POST(
                                    HttpRequest.BodyPublishers.ofString(call(id, "crm.wait", "{}")))
                                .build(),
                            HttpResponse.BodyHandlers.ofString()))
            .toList();
    broker.awaitWaiting(300);
    try (var other = new RawClient(listener.uri(), ScriptedBroker.OTHER_KEY_TEXT)) {
      JsonNode ping = message(raw.post(session, RawClient.PING));
      JsonNode call = message(other.post(other.open(), call(3, "crm.echo", "{}")));

      assertTrue(ping.path("result").isObject());
      assertEquals(3, call.path("id").asInt());
      assertTrue(waiting.stream().noneMatch(CompletableFuture::isDone));
    }
    broker.release();
    for (var answer : waiting) {
      assertEquals(200, answer.get().statusCode());
    }
  }

  @Test
  void closingLetsACallInFlightEndLongAfterIdleConnectionsAreClosed() throws Exception {
    var idle = new Socket(InetAddress.getLoopbackAddress(), listener.port());
    String session = raw.open(); // accepted after the idle one, which therefore is too
    var waiting =
        raw.http()
            .sendAsync(
                raw.request("Mcp-Session-Id", session)
                    .POST(HttpRequest.BodyPublishers.ofString(call(9, "crm.wait", "{}")))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    broker.awaitWaiting(1);
    var closing = Thread.ofVirtual().start(listener::close);

    try (idle) {
      assertEquals(-1, idle.getInputStream().read());
    }
    broker.release();

    assertTrue(message(waiting.get()).path("result").has("content"));
    closing.join();
    assertThrows(IOException.class, () -> raw.post(session, RawClient.PING));
  }

  @Test
  void theSdksClientSeesAnUnknownToolAsAnError() {
    try (McpSyncClient client = sdkClient(_ -> {})) {
      client.initialize();

      var refused =
          assertThrows(
              McpError.class,
              () -> client.callTool(CallToolRequest.builder("crm.nothing").build()));

      assertEquals(-32602, refused.getJsonRpcError().code());
    }
  }

  private McpSyncClient sdkClient(Consumer<List<Tool>> toolsChanged) {
    var transport =
        HttpClientStreamableHttpTransport.builder("http://127.0.0.1:" + listener.port())
            .openConnectionOnStartup(true)
            .jsonMapper(new JacksonMcpJsonMapper(JsonMapper.shared()))
            .requestBuilder(
                HttpRequest.newBuilder()
                    .header("Authorization", "Bearer " + ScriptedBroker.KEY_TEXT))
            .build();
    return McpClient.sync(transport)
        .requestTimeout(Duration.ofSeconds(20))
        .toolsChangeConsumer(toolsChanged)
        .build();
  }

  private EventTap listen(String session) throws Exception {
    return EventTap.open(raw, session);
  }
}
