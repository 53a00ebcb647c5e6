package dev.keyward.server.transport;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A client of revision 2026-07-28 that says what it is told to, right or wrong.
final class ModernClient implements AutoCloseable {
  static final String REVISION = "2026-07-28";
  private static final String PREFIX = "io.modelcontextprotocol/";

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI uri;
  private final String key;

  ModernClient(URI uri, String key) {
    this.uri = uri;
    this.key = key;
  }

  /// One request, its headers and body still to be spoilt.
  static final class Draft {
    final Map<String, String> headers = new LinkedHashMap<>();
    final ObjectNode body = JsonNodeFactory.instance.objectNode();
    final ObjectNode params = body.putObject("params");
    final ObjectNode meta = params.putObject("_meta");

    private Draft(Object id, String method) {
      body.put("jsonrpc", "2.0").putPOJO("id", id).put("method", method);
      meta.put(PREFIX + "protocolVersion", REVISION);
      meta.putObject(PREFIX + "clientInfo").put("name", "modern").put("version", "1");
      meta.putObject(PREFIX + "clientCapabilities");
      headers.put("MCP-Protocol-Version", REVISION);
      headers.put("Mcp-Method", method);
    }

    Draft header(String name, String value) {
      headers.put(name, value);
      return this;
    }

    Draft without(String header) {
      headers.remove(header);
      return this;
    }

    Draft revision(String revision) {
      meta.put(PREFIX + "protocolVersion", revision);
      return this;
    }

    Draft lacking(String key) {
      meta.remove(PREFIX + key);
      return this;
    }
  }

  static Draft draft(Object id, String method) {
    return new Draft(id, method);
  }

  static Draft draftCall(Object id, String tool, String arguments) {
    var draft = new Draft(id, "tools/call").header("Mcp-Name", tool);
    draft.params.put("name", tool);
    draft.params.set("arguments", JsonMapper.shared().readTree(arguments));
    return draft;
  }

  HttpResponse<String> send(Draft draft) throws IOException, InterruptedException {
    return http.send(request(draft), HttpResponse.BodyHandlers.ofString());
  }

  HttpRequest request(Draft draft) {
    return builder(draft.headers)
        .POST(HttpRequest.BodyPublishers.ofString(draft.body.toString()))
        .build();
  }

  HttpRequest.Builder builder(Map<String, String> headers) {
    var request =
        HttpRequest.newBuilder(uri)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream")
            .header("Authorization", "Bearer " + key);
    headers.forEach(request::header);
    return request;
  }

  HttpClient http() {
    return http;
  }

  static JsonNode message(HttpResponse<String> response) {
    return JsonMapper.shared().readTree(response.body());
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
