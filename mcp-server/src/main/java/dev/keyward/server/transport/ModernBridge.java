package dev.keyward.server.transport;

import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/// The requests of revision 2026-07-28 that a [StdioBridge] carries: each goes by itself, with the
/// headers that repeat its body, and is never sent twice. Taking one back ends its HTTP exchange,
/// which is how the broker hears of it.
final class ModernBridge {
  private final ConcurrentHashMap<String, Exchange> open = new ConcurrentHashMap<>();
  private final HttpClient http;
  private final Supplier<HttpRequest.Builder> requests;
  private final McpJson json;
  private final Client client;

  /// Where answers go.
  interface Client {
    /// Writes a message.
    void write(String line);

    /// Writes that a request has no answer, and why.
    void fail(JsonNode request, int code, String sentence);
  }

  /// One request under way.
  private final class Exchange {
    private final ModernRequest request;
    private final JsonNode message;
    private final FutureTask<?> task;

    /// @param message the request as it came
    Exchange(ModernRequest request, JsonNode message) {
      this.request = request;
      this.message = message;
      this.task = new FutureTask<>(() -> carry(this), true);
    }

    String id() {
      return request.inbound().id();
    }

    boolean listens() {
      return request.method().equals(ModernSubscription.METHOD);
    }

    boolean answers(JsonNode told) {
      return !told.has("method") && told.path("id").equals(message.path("id"));
    }

    /// Nothing is being written meanwhile: the interruption could close the client's stream.
    synchronized boolean takeBack() {
      return task.cancel(true);
    }

    /// Writes to the client, unless the request has been taken back.
    synchronized void unlessTakenBack(Runnable write) {
      if (!task.isCancelled()) {
        write.run();
      }
    }
  }

  ModernBridge(
      HttpClient http, Supplier<HttpRequest.Builder> requests, McpJson json, Client client) {
    this.http = http;
    this.requests = requests;
    this.json = json;
    this.client = client;
  }

  /// Carries a request on a thread of `executor`.
  ///
  /// @param message the request as it came
  void begin(JSONRPCRequest request, JsonNode message, Executor executor) {
    ModernRequest parsed;
    try {
      parsed = ModernRequest.of(request);
    } catch (ModernFault fault) {
      client.fail(message, fault.error().code(), fault.error().message());
      return;
    }
    if (!ModernHeaders.wrapped(parsed.method()).equals(parsed.method())) {
      client.fail(message, RpcReply.METHOD_NOT_FOUND, RpcReply.NO_METHOD);
      return;
    }
    var exchange = new Exchange(parsed, message);
    if (open.putIfAbsent(exchange.id(), exchange) != null) {
      client.fail(message, RpcReply.INVALID_REQUEST, RpcReply.ID_IN_USE);
      return;
    }
    executor.execute(
        () -> {
          exchange.task.run();
          over(exchange);
        });
  }

  /// Takes a request back.
  ///
  /// @return whether one of that id was under way
  boolean cancel(String id) {
    Exchange exchange = open.get(id);
    return exchange != null && exchange.takeBack();
  }

  /// Ends what would never end by itself.
  void stopListening() {
    open.values().stream().filter(Exchange::listens).forEach(Exchange::takeBack);
  }

  private void carry(Exchange exchange) {
    String unanswered = unanswered(exchange);
    if (!unanswered.isEmpty()) {
      exchange.unlessTakenBack(
          () -> {
            over(exchange);
            client.fail(exchange.message, RpcReply.REFUSED, unanswered);
          });
    }
  }

  /// {@return empty if the client has its answer, else a sentence that says why there is none}
  private String unanswered(Exchange exchange) {
    try {
      return send(exchange);
    } catch (ConnectException | HttpConnectTimeoutException e) {
      return StdioBridge.UNREACHABLE;
    } catch (IOException e) {
      return StdioBridge.BROKEN;
    } catch (InterruptedException e) {
      return ""; // taken back
    }
  }

  /// Frees the id of a request. Before its answer is written: a client may use the id again as soon
  /// as it reads that.
  private void over(Exchange exchange) {
    open.remove(exchange.id(), exchange);
  }

  private String send(Exchange exchange) throws IOException, InterruptedException {
    var response = http.send(post(exchange), HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      if (StdioBridge.isEvents(response)) {
        return events(body, exchange) ? "" : StdioBridge.BROKEN;
      }
      JsonNode answer = json.tree(new String(body.readAllBytes(), StandardCharsets.UTF_8));
      if (exchange.answers(answer)) {
        pass(exchange, answer);
        return "";
      }
      return reason(response.statusCode(), answer);
    } catch (BadMessage notOurs) {
      return StdioBridge.status(response.statusCode());
    }
  }

  private boolean events(InputStream body, Exchange exchange) throws IOException {
    var answered = new AtomicBoolean();
    new EventStream(body)
        .forEach(
            event -> {
              JsonNode told = json.tree(event);
              pass(exchange, told);
              answered.compareAndSet(false, exchange.answers(told));
            });
    return answered.get();
  }

  private void pass(Exchange exchange, JsonNode told) {
    exchange.unlessTakenBack(
        () -> {
          if (exchange.answers(told)) {
            over(exchange);
          }
          client.write(json.line(told));
        });
  }

  private HttpRequest post(Exchange exchange) {
    ModernRequest request = exchange.request;
    HttpRequest.Builder post =
        requests
            .get()
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream")
            .header(AgentGate.VERSION, request.revision())
            .header(ModernHeaders.METHOD, request.method());
    request
        .name()
        .map(ModernHeaders::wrapped)
        .ifPresent(name -> post.header(ModernHeaders.NAME, name));
    return post.POST(
            HttpRequest.BodyPublishers.ofString(
                json.line(exchange.message), StandardCharsets.UTF_8))
        .build();
  }

  private static String reason(int status, JsonNode answer) {
    if (status == 401) {
      return StdioBridge.KEY_REFUSED;
    }
    String sentence = answer.at("/error/message").asString("");
    return sentence.isEmpty() ? StdioBridge.status(status) : sentence;
  }
}
