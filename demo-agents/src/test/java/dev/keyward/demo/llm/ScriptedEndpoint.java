package dev.keyward.demo.llm;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A chat-completions endpoint on loopback whose model does what a test says.
public final class ScriptedEndpoint implements AutoCloseable {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Script script;
  private final List<Asked> asked = new CopyOnWriteArrayList<>();

  /// What the endpoint does with one request.
  @FunctionalInterface
  public interface Script {
    /// Answers one request.
    ///
    /// @param turn how many requests came before
    void answer(int turn, JsonNode request, HttpExchange exchange) throws IOException;
  }

  /// A model: from the conversation so far to an assistant's message.
  @FunctionalInterface
  public interface Model {
    /// {@return what the model says next}
    ///
    /// @param turn how many requests came before
    JsonNode next(int turn, JsonNode request);
  }

  /// A request as it came.
  ///
  /// @param authorization the header; empty if there was none
  public record Asked(String authorization, String body) {
    /// {@return the body as JSON}
    public JsonNode json() {
      return JsonMapper.shared().readTree(body);
    }

    /// {@return the content of its last message}
    public String last() {
      JsonNode messages = json().path("messages");
      return messages.get(messages.size() - 1).path("content").asString("");
    }
  }

  private ScriptedEndpoint(Script script) throws IOException {
    this.script = script;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::serve);
    server.start();
  }

  /// Starts one that does with each request as the script says.
  public static ScriptedEndpoint of(Script script) throws IOException {
    return new ScriptedEndpoint(script);
  }

  /// Starts one with a model behind it.
  public static ScriptedEndpoint model(Model model) throws IOException {
    return of(
        (turn, request, exchange) -> {
          JsonNode message = model.next(turn, request);
          String finish = message.has("tool_calls") ? "tool_calls" : "stop";
          reply(exchange, 200, Map.of(), completion(message, finish));
        });
  }

  /// {@return settings that name it}
  ///
  /// @param key what opens it; empty for none
  public LlmSettings settings(String key) {
    return LlmSettings.of(
            Map.of(
                LlmSettings.URL,
                base().toString(),
                LlmSettings.MODEL,
                "scripted-1",
                LlmSettings.KEY,
                key))
        .orElseThrow();
  }

  URI base() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1");
  }

  /// {@return all requests so far}
  public List<Asked> asked() {
    return List.copyOf(asked);
  }

  /// {@return a message that only says something}
  public static ObjectNode says(String text) {
    return NODES.objectNode().put("role", "assistant").put("content", text);
  }

  /// {@return a message that asks for calls}
  ///
  /// @param namesAndArguments in turn; the calls get the ids `c0`, `c1` and so on
  public static ObjectNode calls(String... namesAndArguments) {
    ObjectNode message = NODES.objectNode().put("role", "assistant").putNull("content");
    ArrayNode calls = message.putArray("tool_calls");
    for (int i = 0; i < namesAndArguments.length; i += 2) {
      calls
          .addObject()
          .put("id", "c" + i / 2)
          .put("type", "function")
          .putObject("function")
          .put("name", namesAndArguments[i])
          .put("arguments", namesAndArguments[i + 1]);
    }
    return message;
  }

  /// {@return a completion with one choice}
  public static String completion(JsonNode message, String finish) {
    ObjectNode completion = NODES.objectNode().put("object", "chat.completion");
    ObjectNode choice = completion.putArray("choices").addObject().put("index", 0);
    choice.put("finish_reason", finish).set("message", message);
    return completion.toString();
  }

  /// Answers with a body.
  public static void reply(
      HttpExchange exchange, int status, Map<String, String> headers, String body)
      throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    headers.forEach(exchange.getResponseHeaders()::set);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void serve(HttpExchange exchange) {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      String authorization =
          Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")).orElse("");
      int turn;
      synchronized (asked) {
        turn = asked.size();
        asked.add(new Asked(authorization, body));
      }
      script.answer(turn, JsonMapper.shared().readTree(body), exchange);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
