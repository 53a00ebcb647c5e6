package dev.keyward.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// An agent that speaks Streamable HTTP, or HTTP+SSE, with the JDK's client. For many threads.
public final class AgentClient {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final String INITIALIZE =
      """
      {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25",
       "capabilities":{},"clientInfo":{"name":"test","version":"1"}}}\
      """;

  private final String name;
  private final Supplier<URI> broker;
  private final AtomicInteger ids = new AtomicInteger();
  private volatile String key;
  private volatile String session = "";
  private volatile Optional<AgentStream> stream = Optional.empty();

  /// Knows an agent's key.
  ///
  /// @param broker where the broker is at the moment
  public AgentClient(String name, Supplier<URI> broker, String key) {
    this.name = name;
    this.broker = broker;
    this.key = key;
  }

  /// {@return its name at the broker}
  public String name() {
    return name;
  }

  /// {@return its key}
  public String key() {
    return key;
  }

  /// From now on it shows this key, in a session of its own.
  public AgentClient with(String newKey) {
    key = newKey;
    session = "";
    return this;
  }

  /// From now on it speaks HTTP+SSE, on a stream of its own.
  public AgentClient overSse() {
    stream = Optional.of(AgentStream.open(broker.get(), key));
    post(INITIALIZE);
    return this;
  }

  /// {@return the stream, where it speaks HTTP+SSE}
  public AgentStream stream() {
    return stream.orElseThrow();
  }

  /// Opens a session.
  public Called initialize() {
    return initialize("{}");
  }

  /// Opens a session; `capabilities` is JSON.
  public synchronized Called initialize(String capabilities) {
    session = "";
    HttpResponse<String> answer =
        exchange(INITIALIZE.replace("\"capabilities\":{}", "\"capabilities\":" + capabilities));
    session = answer.headers().firstValue("Mcp-Session-Id").orElse("");
    return called(answer);
  }

  /// Calls a tool; `arguments` is JSON.
  public Called call(String tool, String arguments) {
    return send("tools/call", "{\"name\":\"" + tool + "\",\"arguments\":" + arguments + "}");
  }

  /// Waits for people.
  public Called awaitApproval(String approval, int seconds) {
    var arguments = JsonNodeFactory.instance.objectNode();
    arguments.put("approval", approval).put("seconds", seconds);
    return call("keyward.approval_wait", arguments.toString());
  }

  /// {@return the tools it may call}
  public Called list() {
    return send("tools/list", "{}");
  }

  /// Sends a request; opens a session first where there is none.
  public Called send(String method, String params) {
    if (stream.isEmpty() && session.isEmpty()) {
      Optional<Called> refused = open();
      if (refused.isPresent()) {
        return refused.get();
      }
    }
    return post(
        "{\"jsonrpc\":\"2.0\",\"id\":"
            + ids.incrementAndGet()
            + ",\"method\":\""
            + method
            + "\",\"params\":"
            + params
            + "}");
  }

  /// Opens a session where there still is none; returns the answer if it is no session.
  private synchronized Optional<Called> open() {
    return session.isEmpty()
        ? Optional.of(initialize()).filter(opened -> opened.status() != 200)
        : Optional.empty();
  }

  /// Takes the last request back.
  public Called cancelLast() {
    return post(
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":"
            + ids.get()
            + "}}");
  }

  /// Sends these very characters.
  public Called post(String body) {
    return stream.map(open -> open.post(body)).orElseGet(() -> called(exchange(body)));
  }

  private HttpResponse<String> exchange(String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(broker.get())
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (!key.isEmpty()) {
      request.header("Authorization", "Bearer " + key);
    }
    if (!session.isEmpty()) {
      request.header("Mcp-Session-Id", session);
    }
    try {
      return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static Called called(HttpResponse<String> answer) {
    String body = answer.body();
    String json =
        body.lines()
            .filter(line -> line.startsWith("data:"))
            .map(line -> line.substring("data:".length()))
            .findFirst()
            .orElse(body.startsWith(":") ? "" : body); // a stream without a message
    JsonNode message =
        json.isBlank() ? JsonNodeFactory.instance.objectNode() : JsonMapper.shared().readTree(json);
    String raw = answer.headers().map() + "\n" + body;
    return new Called(answer.statusCode(), raw, message);
  }
}
