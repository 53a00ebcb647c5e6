package dev.keyward.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.demo.company.World;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientSseClientTransport;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ClientCapabilities;
import io.modelcontextprotocol.spec.McpSchema.ElicitResult;
import io.modelcontextprotocol.spec.McpSchema.ElicitUrlRequest;
import io.modelcontextprotocol.spec.McpSchema.Implementation;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The client of the official Java SDK against a real broker, through every door. It has no way to
/// take a call back.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
final class JavaSdkClientTest {
  private static final List<String> TOOLS = List.of("crm.add_note", "crm.read_ticket");

  private static final String AGENT = "java";

  /// The name of a client that is known to wait.
  private static final String PATIENT = "claude-code";

  private static final long TWENTY_MILLIS = TimeUnit.MILLISECONDS.toNanos(20);

  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
  private final BlockingQueue<ElicitUrlRequest> shown = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> over = new LinkedBlockingQueue<>();
  private LiveBroker broker;
  private String key;

  /// How the client reaches the broker.
  enum Door {
    HTTP,
    SSE,
    STDIO
  }

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    broker = LiveBroker.prepare(folder.resolve("home"));
    key = broker.addAgent(AGENT, TOOLS);
    broker.serve();
  }

  @AfterAll
  void stop() {
    Optional.ofNullable(broker).ifPresent(LiveBroker::close);
  }

  /// A call that was held for longer than expected has left more than its test took.
  @BeforeEach
  void forgetWhatOthersWereTold() {
    told.clear();
    shown.clear();
    over.clear();
  }

  @ParameterizedTest
  @EnumSource
  void listsReadsAsksAndWritesOnce(Door door) throws Exception {
    String note = "From Java over " + door;
    try (McpSyncClient client = client(door)) {
      client.initialize();
      List<String> names = client.listTools().tools().stream().map(Tool::name).toList();
      CallToolResult read =
          call(client, "crm.read_ticket", Map.of("ticket_id", World.CHARGED_TWICE));
      CallToolResult asked = call(client, "crm.add_note", note(note));
      String approval = facts(asked).path("approval").stringValue();
      assertEquals(0, times(note));
      approve(approval);
      CallToolResult wrote = call(client, "crm.add_note", note(note));

      assertEquals(TOOLS, names.stream().filter(name -> !name.startsWith("keyward.")).toList());
      JsonNode ticket = JsonMapper.shared().readTree(text(read));
      assertEquals(World.CHARGED_TWICE, ticket.path("id").stringValue());
      assertTrue(asked.isError());
      assertEquals("pending", facts(asked).path("code").stringValue());
      assertFalse(wrote.isError());
      assertEquals(1, times(note));
      String all = text(read) + text(asked) + text(wrote);
      assertFalse(broker.companyKeys().stream().anyMatch(all::contains));
    }
  }

  /// The broker holds calls of clients that it knows to wait, and tells them what for.
  @ParameterizedTest
  @EnumSource
  void aHeldCallTellsAtOnceWhatItWaitsForAndRunsOnceWhenItIsApproved(Door door) throws Exception {
    String note = "Held over " + door;
    try (var relay = Relay.before(broker.agentsUrl());
        McpSyncClient client = patientClient(door, relay)) {
      client.initialize();
      Future<CallToolResult> held = held(client, note, true);
      String approval = approvalIn(told.take());
      assertEquals(0, times(note));

      approve(approval);

      assertFalse(held.get().isError());
      assertEquals(1, times(note));
    }
  }

  @Test
  void aHeldCallWithoutAProgressTokenIsKeptAliveByComments() throws Exception {
    String note = "Held in silence";
    try (var relay = Relay.before(broker.agentsUrl());
        McpSyncClient client = patientClient(Door.HTTP, relay)) {
      client.initialize();
      Future<CallToolResult> held = held(client, note, false);

      await(() -> relay.seen().contains(": keep-alive\n\n"));
      approve(broker.pending().getFirst());

      assertFalse(held.get().isError());
      assertTrue(told.isEmpty());
    }
  }

  /// Over HTTP nothing but the connections ends, as when the client's computer is gone; the client
  /// over standard streams ends its process, which is a bridge.
  @ParameterizedTest
  @EnumSource
  void whoIsGoneTakesAHeldCallBackAndTheApprovalIsStillThereToBeUsed(Door door) throws Exception {
    String note = "Gone from " + door;
    long before = broker.refusals(AGENT, "cancelled");
    try (var relay = Relay.before(broker.agentsUrl());
        McpSyncClient client = patientClient(door, relay)) {
      client.initialize();
      Future<CallToolResult> held = held(client, note, true);
      String approval = approvalIn(told.take());

      relay.cut();
      if (door == Door.STDIO) {
        var _ = client.closeGracefully();
      }

      await(() -> broker.refusals(AGENT, "cancelled") > before);
      approve(approval);
      assertEquals(0, times(note));
      held.cancel(true);
    }
    try (McpSyncClient again = client(Door.HTTP)) {
      again.initialize();
      assertFalse(call(again, "crm.add_note", note(note)).isError());
      assertEquals(1, times(note));
    }
  }

  /// What its user says to the client decides nothing; the page does.
  @ParameterizedTest
  @EnumSource(names = {"HTTP", "STDIO"})
  void whoCanShowPagesIsAskedToWhileItsCallIsHeldAndToldWhenThatIsOver(Door door) throws Exception {
    String note = "Shown over " + door;
    try (McpSyncClient client = showingClient(transport(door, ProxySelector.of(null)), PATIENT)) {
      client.initialize();
      Future<CallToolResult> held = held(client, note, false);
      ElicitUrlRequest question = shown.take();
      String approval = question.elicitationId();

      assertTrue(question.url().endsWith("/approvals/" + approval), question.url());
      assertTrue(question.message().contains(approval), question.message());
      assertEquals("pending", broker.stateOf(approval));
      assertEquals(0, times(note));
      approve(approval);

      assertFalse(held.get().isError());
      assertEquals(approval, over.take());
      assertEquals(1, times(note));
    }
  }

  @Test
  void whoCanShowPagesAndIsNotHeldIsToldToDoSoFirst() throws Exception {
    String note = "Shown first";
    try (McpSyncClient client = showingClient(transport(Door.HTTP, ProxySelector.of(null)), "x")) {
      client.initialize();

      var refused = assertThrows(McpError.class, () -> call(client, "crm.add_note", note(note)));

      JsonNode error = JsonMapper.shared().valueToTree(refused.getJsonRpcError());
      assertEquals(-32042, error.path("code").intValue());
      JsonNode question = error.at("/data/elicitations/0");
      String approval = question.path("elicitationId").stringValue();
      assertEquals("url", question.path("mode").stringValue());
      assertTrue(question.path("url").stringValue().endsWith("/approvals/" + approval));
      assertEquals("pending", error.at("/data/keyward~1call/code").stringValue());
      assertEquals(0, times(note));
      approve(approval);
      assertFalse(call(client, "crm.add_note", note(note)).isError());
      assertEquals(1, times(note));
      assertTrue(shown.isEmpty());
    }
  }

  private McpSyncClient showingClient(McpClientTransport transport, String name) {
    return McpClient.sync(transport)
        .clientInfo(Implementation.builder(name, "1").build())
        .capabilities(ClientCapabilities.builder().elicitation(false, true).build())
        .requestTimeout(Duration.ofMinutes(2))
        .initializationTimeout(Duration.ofMinutes(1))
        .urlElicitation(
            question -> {
              shown.add(question);
              return ElicitResult.builder(ElicitResult.Action.ACCEPT).build();
            })
        .elicitationCompleteConsumer(decided -> over.add(decided.elicitationId()))
        .build();
  }

  private Future<CallToolResult> held(McpSyncClient client, String note, boolean token) {
    var request = CallToolRequest.builder("crm.add_note").arguments(note(note));
    var call =
        new FutureTask<>(
            () -> client.callTool((token ? request.progressToken("held") : request).build()));
    Thread.startVirtualThread(call);
    return call;
  }

  /// Within less time than the beats take by which a client that is gone would be noticed anyway.
  private static void await(BooleanSupplier happened) {
    long until = System.nanoTime() + Duration.ofSeconds(9).toNanos();
    while (!happened.getAsBoolean()) {
      assertTrue(System.nanoTime() < until, "it has not happened");
      LockSupport.parkNanos(TWENTY_MILLIS);
    }
  }

  private static String approvalIn(String progress) {
    return Pattern.compile("apr_\\w+")
        .matcher(progress)
        .results()
        .findFirst()
        .orElseThrow()
        .group();
  }

  private McpSyncClient client(Door door) {
    return client(transport(door, ProxySelector.of(null)), "java-test");
  }

  private McpSyncClient patientClient(Door door, Relay relay) {
    return client(transport(door, relay.proxy()), PATIENT);
  }

  private McpSyncClient client(McpClientTransport transport, String name) {
    return McpClient.sync(transport)
        .clientInfo(Implementation.builder(name, "1").build())
        .requestTimeout(Duration.ofMinutes(2))
        .initializationTimeout(Duration.ofMinutes(1))
        .progressConsumer(progress -> told.add(progress.message()))
        .build();
  }

  @SuppressWarnings("deprecation") // HTTP+SSE is, and is served all the same
  private McpClientTransport transport(Door door, ProxySelector way) {
    URI agents = broker.agentsUrl();
    String origin = agents.getScheme() + "://" + agents.getRawAuthority();
    var json = new JacksonMcpJsonMapper(JsonMapper.shared());
    return switch (door) {
      case HTTP ->
          HttpClientStreamableHttpTransport.builder(origin)
              .endpoint(agents.getPath())
              .addHttpRequestCustomizer(
                  (request, _, _, _, _) -> request.setHeader("Authorization", "Bearer " + key))
              .customizeClient(http -> http.proxy(way))
              .jsonMapper(json)
              .build();
      case SSE ->
          HttpClientSseClientTransport.builder(origin)
              .sseEndpoint("/sse")
              .addHttpRequestCustomizer(
                  (request, _, _, _, _) -> request.setHeader("Authorization", "Bearer " + key))
              .customizeClient(http -> http.proxy(way))
              .jsonMapper(json)
              .build();
      case STDIO -> {
        List<String> command = OutsideTools.keywardStdio(broker.folder());
        yield new StdioClientTransport(
            ServerParameters.builder(command.getFirst())
                .args(command.subList(1, command.size()))
                .addEnvVar("KEYWARD_AGENT_KEY", key)
                .build(),
            json);
      }
    };
  }

  private static CallToolResult call(
      McpSyncClient client, String tool, Map<String, Object> arguments) {
    return client.callTool(
        CallToolRequest.builder(tool).arguments(arguments).progressToken("token").build());
  }

  private static Map<String, Object> note(String text) {
    return Map.of("ticket_id", World.CHARGED_TWICE, "text", text, "internal", true);
  }

  private void approve(String approval) throws Exception {
    Reviewer mina =
        Reviewer.signIn(LiveBroker.PERSON, URI.create(broker.signInLink()), new Wiretap());
    assertTrue(mina.approve(approval));
  }

  private long times(String note) {
    return broker.crm().notesOn(World.CHARGED_TWICE).stream().filter(note::equals).count();
  }

  private static String text(CallToolResult result) {
    return ((TextContent) result.content().getFirst()).text();
  }

  private static JsonNode facts(CallToolResult result) {
    JsonNode meta = JsonMapper.shared().valueToTree(result.meta());
    return meta.path("keyward/call");
  }
}
