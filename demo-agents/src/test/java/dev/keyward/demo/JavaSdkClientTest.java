package dev.keyward.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Implementation;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
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
    key = broker.addAgent("java", TOOLS);
    broker.serve();
  }

  @AfterAll
  void stop() {
    Optional.ofNullable(broker).ifPresent(LiveBroker::close);
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

  private McpSyncClient client(Door door) {
    return McpClient.sync(transport(door))
        .clientInfo(Implementation.builder("java-test", "1").build())
        .requestTimeout(Duration.ofMinutes(2))
        .initializationTimeout(Duration.ofMinutes(1))
        .build();
  }

  @SuppressWarnings("deprecation") // HTTP+SSE is, and is served all the same
  private McpClientTransport transport(Door door) {
    URI agents = broker.agentsUrl();
    String origin = agents.getScheme() + "://" + agents.getRawAuthority();
    var json = new JacksonMcpJsonMapper(JsonMapper.shared());
    return switch (door) {
      case HTTP ->
          HttpClientStreamableHttpTransport.builder(origin)
              .endpoint(agents.getPath())
              .addHttpRequestCustomizer(
                  (request, _, _, _, _) -> request.setHeader("Authorization", "Bearer " + key))
              .jsonMapper(json)
              .build();
      case SSE ->
          HttpClientSseClientTransport.builder(origin)
              .sseEndpoint("/sse")
              .addHttpRequestCustomizer(
                  (request, _, _, _, _) -> request.setHeader("Authorization", "Bearer " + key))
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
