package dev.keyward.demo;

import dev.keyward.demo.llm.Offer;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/// Reads MCP answers as a [Seen].
final class SeenJson {
  private static final JsonMapper MAPPER = JsonMapper.shared();
  private static final String META = "keyward/call";
  private static final Pattern APPROVAL = Pattern.compile("apr_[0-9a-z]{26}");

  private SeenJson() {}

  static Seen of(CallToolResult result) {
    String text =
        result.content().stream()
            .map(content -> content instanceof TextContent part ? part.text() : "")
            .collect(Collectors.joining("\n"));
    JsonNode meta = MAPPER.valueToTree(result.meta() == null ? Map.of() : result.meta());
    JsonNode json =
        result.structuredContent() == null
            ? read(text)
            : MAPPER.valueToTree(result.structuredContent());
    boolean error = Boolean.TRUE.equals(result.isError());
    return seen(error, text, json, meta.path(META));
  }

  static Seen of(McpError error) {
    Object data = error.getJsonRpcError().data();
    JsonNode json = MAPPER.valueToTree(data == null ? Map.of() : data);
    String text = error.getJsonRpcError().message();
    return seen(true, text, MissingNode.getInstance(), json.path(META));
  }

  static Offer offer(Tool tool) {
    String description = tool.description() == null ? "" : tool.description();
    return new Offer(tool.name(), description, MAPPER.valueToTree(tool.inputSchema()));
  }

  /// {@return `arguments` as one line of JSON, sorted by name}
  static String line(Map<String, Object> arguments) {
    return MAPPER.writeValueAsString(new TreeMap<>(arguments));
  }

  private static Seen seen(boolean error, String text, JsonNode json, JsonNode call) {
    String approval = call.path("approval").asString("");
    Matcher named = APPROVAL.matcher(text);
    if (approval.isEmpty() && named.find()) {
      approval = named.group();
    }
    return new Seen(error, text, json, call.path("code").asString(""), approval);
  }

  private static JsonNode read(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JacksonException notJson) {
      return MissingNode.getInstance();
    }
  }
}
