package dev.keyward.server.transport;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A client without manners: it sends what it is told to.
final class RawClient implements AutoCloseable {
  static final String INITIALIZE =
      """
      {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25",
       "capabilities":{},"clientInfo":{"name":"raw","version":"1"}}}""";
  static final String LIST = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}";
  static final String PING = "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"ping\"}";

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI uri;
  private final Optional<String> key;

  RawClient(URI uri, String key) {
    this.uri = uri;
    this.key = Optional.of(key);
  }

  private RawClient(URI uri) {
    this.uri = uri;
    this.key = Optional.empty();
  }

  static RawClient withoutKey(URI uri) {
    return new RawClient(uri);
  }

  static String call(int id, String tool, String arguments) {
    return "{\"jsonrpc\":\"2.0\",\"id\":"
        + id
        + ",\"method\":\"tools/call\",\"params\":{\"name\":\""
        + tool
        + "\",\"arguments\":"
        + arguments
        + "}}";
  }

  /// {@return the id of a new session}
  String open() throws IOException, InterruptedException {
    return post(INITIALIZE).headers().firstValue("Mcp-Session-Id").orElseThrow();
  }

  HttpResponse<String> post(String body, String... headers)
      throws IOException, InterruptedException {
    return send(request(headers).POST(HttpRequest.BodyPublishers.ofString(body)).build());
  }

  HttpResponse<String> post(String session, String body) throws IOException, InterruptedException {
    return post(body, "Mcp-Session-Id", session);
  }

  HttpResponse<String> delete(String session) throws IOException, InterruptedException {
    return send(request("Mcp-Session-Id", session).DELETE().build());
  }

  HttpRequest.Builder request(String... headers) {
    var request =
        HttpRequest.newBuilder(uri)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream");
    key.ifPresent(text -> request.header("Authorization", "Bearer " + text));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return request;
  }

  HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    return http.send(request, BodyHandlers.ofString());
  }

  HttpClient http() {
    return http;
  }

  /// {@return the message in a response, whether it came alone or as an event}
  static JsonNode message(HttpResponse<String> response) {
    String body =
        response
            .body()
            .lines()
            .filter(line -> line.startsWith("data:"))
            .map(line -> line.substring("data:".length()))
            .findFirst()
            .orElse(response.body());
    return JsonMapper.shared().readTree(body);
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
