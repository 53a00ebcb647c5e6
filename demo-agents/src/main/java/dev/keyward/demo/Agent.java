package dev.keyward.demo;

import dev.keyward.demo.company.Fingerprint;
import dev.keyward.demo.llm.Offer;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.Implementation;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.net.URI;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// An agent's hands: an MCP client over Streamable HTTP, with the agent's own key and no other.
public final class Agent implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final String key;
  private final McpSyncClient client;

  private Agent(String key, McpSyncClient client) {
    this.key = key;
    this.client = client;
  }

  /// Connects and initializes.
  ///
  /// @param name the agent's name, by which its client introduces itself
  /// @param mcp the broker's MCP endpoint
  /// @param key the agent's key, as the operator handed it over
  /// @param tap hears everything that the agent receives
  public static Agent connect(String name, URI mcp, String key, Wiretap tap) {
    var transport =
        HttpClientStreamableHttpTransport.builder(mcp.resolve("/").toString())
            .endpoint(mcp.getPath())
            .clientBuilder(tap.clients())
            .addHttpRequestCustomizer(
                (request, _, _, _, _) -> request.setHeader("Authorization", "Bearer " + key))
            .build();
    McpSyncClient client =
        McpClient.sync(transport)
            .clientInfo(Implementation.builder("demo-" + name, "1").build())
            .requestTimeout(PATIENCE)
            .build();
    client.initialize();
    return new Agent(key, client);
  }

  /// {@return the agent's own key, which opens the broker's door for agents and nothing else}
  String key() {
    return key;
  }

  /// {@return what may be shown of the agent's key}
  public Fingerprint fingerprint() {
    return Fingerprint.of(key);
  }

  /// {@return the names of the tools that it is shown, sorted}
  public List<String> tools() {
    return client.listTools().tools().stream().map(Tool::name).sorted().toList();
  }

  /// {@return the tools that it is shown, as a model is told of them, sorted by name}
  public List<Offer> offers() {
    return client.listTools().tools().stream()
        .map(SeenJson::offer)
        .sorted(Comparator.comparing(Offer::tool))
        .toList();
  }

  /// Calls a tool and returns what came back, whatever it was.
  public Seen call(String tool, Map<String, Object> arguments) {
    CallToolRequest request = CallToolRequest.builder(tool).arguments(arguments).build();
    try {
      return SeenJson.of(client.callTool(request));
    } catch (McpError refused) {
      return SeenJson.of(refused);
    }
  }

  @Override
  public void close() {
    client.closeGracefully();
  }
}
