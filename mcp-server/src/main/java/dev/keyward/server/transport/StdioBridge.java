package dev.keyward.server.transport;

import dev.keyward.call.Cancellation;
import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// Joins a client that speaks MCP on a pair of streams to a broker that runs elsewhere.
///
/// It carries each line to the broker's `/mcp` and each answer back, several at once, and holds no
/// secret but its own agent key. A request is never sent twice, except where the broker has said
/// that it knows no such session and so has not looked at it: a broker that was restarted gets the
/// handshake again. Only messages are ever written to the output.
public final class StdioBridge {
  private static final int MAX_LINE_BYTES = 1 << 20;
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration PROBE = Duration.ofSeconds(10);
  private static final Duration RECONNECT = Duration.ofSeconds(1);
  private static final String CALLS = "bridge";

  /// Said of a request when nobody listens at the broker's address.
  static final String UNREACHABLE =
      "The broker cannot be reached; nothing was sent to it. Try again later.";

  /// Said of a request whose answer did not come.
  static final String BROKEN =
      "The connection to the broker broke. It is not known whether the call took effect.";

  /// Said of a request whose key was accepted once.
  static final String KEY_REFUSED = "The broker does not accept this agent key any more.";

  private final McpJson json = new McpJson();
  private final CallsInFlight calls = new CallsInFlight();
  private final ReentrantLock opening = new ReentrantLock();
  private final BrokerAddress broker;
  private final Secret key;
  private final LineReader in;
  private final LineWriter out;
  private final PrintStream err;
  private final Duration drain;
  private volatile Session session = new Session("", "");
  private volatile JsonNode handshake = JsonNodeFactory.instance.missingNode();
  private volatile boolean ended;

  /// How a bridge ended.
  public enum End {
    /// The client has closed its end.
    FINISHED(0),
    /// No broker answered at the start; EX_UNAVAILABLE.
    UNREACHABLE(69),
    /// The broker did not accept the key at the start; EX_NOPERM.
    REFUSED(77);

    private final int exitStatus;

    End(int exitStatus) {
      this.exitStatus = exitStatus;
    }

    /// {@return the process's exit status}
    public int exitStatus() {
      return exitStatus;
    }
  }

  /// What the broker has said in the handshake; both empty before it.
  private record Session(String id, String version) {}

  /// Joins nothing yet.
  ///
  /// @param err gets one line if there is nothing to join
  /// @param drain how long requests in flight may run on after the input has ended
  /// @throws IllegalArgumentException if `key` cannot be sent in a header
  public StdioBridge(
      BrokerAddress broker,
      Secret key,
      InputStream in,
      OutputStream out,
      PrintStream err,
      Duration drain) {
    checkSendable(key);
    this.broker = broker;
    this.key = key;
    this.in = new LineReader(in, MAX_LINE_BYTES);
    this.out = new LineWriter(out);
    this.err = err;
    this.drain = drain;
  }

  /// Carries messages until the input ends.
  ///
  /// @throws IOException if the input cannot be read
  public End run() throws IOException {
    ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
    HttpClient http = client(requests);
    try {
      Optional<End> failed = probe(http);
      if (failed.isPresent()) {
        return failed.get();
      }
      var modern = new ModernBridge(http, this::request, json, new Output());
      try (var forwarding = Executors.newVirtualThreadPerTaskExecutor()) {
        carry(http, modern, forwarding);
        modern.stopListening();
        drain(forwarding);
      }
      leave(http);
      return End.FINISHED;
    } finally {
      ended = true;
      http.shutdownNow();
      requests.shutdownNow();
    }
  }

  private static HttpClient client(ExecutorService executor) {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER)
        .proxy(HttpClient.Builder.NO_PROXY)
        .connectTimeout(CONNECT)
        .executor(executor)
        .build();
  }

  /// A listening stream without a session is refused, but only after the key has been accepted.
  private Optional<End> probe(HttpClient http) {
    int status;
    try {
      var request = request().header("Accept", "text/event-stream").timeout(PROBE).GET().build();
      status = http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      return gaveUp(End.UNREACHABLE, "no broker answers there; start it with `keyward serve`");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of(End.UNREACHABLE);
    }
    return switch (status) {
      case 400 -> Optional.empty();
      case 401 -> gaveUp(End.REFUSED, "the broker does not accept this agent key");
      default ->
          gaveUp(End.UNREACHABLE, "what answers there is no broker (HTTP status " + status + ")");
    };
  }

  private Optional<End> gaveUp(End end, String why) {
    err.println("keyward stdio: " + broker.endpoint() + ": " + why);
    err.flush();
    return Optional.of(end);
  }

  private void carry(HttpClient http, ModernBridge modern, ExecutorService forwarding)
      throws IOException {
    while (true) {
      switch (in.next()) {
        case LineReader.Line.End() -> {
          return;
        }
        case LineReader.Line.Unreadable() -> refuse(BadMessage.notJson());
        case LineReader.Line.Text(var text) -> {
          if (!text.isEmpty()) {
            take(text, http, modern, forwarding);
          }
        }
      }
    }
  }

  private void take(String text, HttpClient http, ModernBridge modern, ExecutorService forwarding) {
    JSONRPCMessage read;
    JsonNode message;
    try {
      read = json.message(text); // refused here as the broker would refuse it
      message = json.tree(text);
    } catch (BadMessage bad) {
      refuse(bad);
      return;
    }
    if (read instanceof JSONRPCRequest request && ModernEndpoint.claims(request)) {
      modern.begin(request, message, forwarding);
      return;
    }
    switch (message.path("method").asString("")) {
      case "initialize" -> {
        handshake = message;
        session = new Session("", "");
        forward(http, message); // what follows needs the session that this opens
      }
      case "notifications/cancelled" -> {
        String id = message.path("params").path("requestId").toString();
        if (!modern.cancel(id)) {
          calls.cancel(CALLS, id);
          forwarding.execute(() -> forward(http, message));
        }
      }
      default -> begin(http, message, forwarding);
    }
  }

  private void begin(HttpClient http, JsonNode message, ExecutorService forwarding) {
    if (!isRequest(message)) {
      forwarding.execute(() -> forward(http, message));
      return;
    }
    String id = message.get("id").toString();
    var cancelled = calls.begin(CALLS, id);
    if (cancelled.isEmpty()) {
      fail(message, RpcReply.INVALID_REQUEST, RpcReply.ID_IN_USE);
      return;
    }
    forwarding.execute(
        () -> {
          try {
            forward(http, message, cancelled.get());
          } finally {
            calls.end(CALLS, id);
          }
        });
  }

  private void forward(HttpClient http, JsonNode message) {
    forward(http, message, new Cancellation());
  }

  private void forward(HttpClient http, JsonNode message, Cancellation cancelled) {
    String unanswered = exchange(http, message);
    if (!unanswered.isEmpty() && !cancelled.cancelled()) {
      fail(message, RpcReply.REFUSED, unanswered);
    }
  }

  /// Carries one message and its answer.
  ///
  /// @return empty if the client has its answer, else a sentence that says why there is none
  private String exchange(HttpClient http, JsonNode message) {
    try {
      Session before = session;
      HttpResponse<InputStream> response = post(http, message, before);
      if (response.statusCode() == 404 && !before.id().isEmpty()) {
        response.body().close();
        if (!reopen(http, before)) {
          return "The broker has ended this session and does not open another.";
        }
        response = post(http, message, session);
      }
      return deliver(http, message, response);
    } catch (ConnectException | HttpConnectTimeoutException e) {
      return UNREACHABLE;
    } catch (IOException e) {
      return BROKEN;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "The bridge is stopping.";
    }
  }

  private String deliver(HttpClient http, JsonNode message, HttpResponse<InputStream> response)
      throws IOException {
    try (var body = response.body()) {
      return switch (response.statusCode()) {
        case 200 -> answer(http, message, response, body);
        case 202 -> "";
        case 401 -> KEY_REFUSED;
        default -> reason(response.statusCode(), body);
      };
    }
  }

  private String answer(
      HttpClient http, JsonNode message, HttpResponse<InputStream> response, InputStream body)
      throws IOException {
    boolean answered;
    if (isEvents(response)) {
      var seen = new AtomicBoolean();
      new EventStream(body).forEach(event -> seen.compareAndSet(false, pass(event, message)));
      answered = seen.get();
    } else {
      String text = read(body);
      if (message.path("method").asString("").equals("initialize")) {
        opened(http, response, json.tree(text));
      }
      answered = pass(text, message);
    }
    if (isRequest(message) && !answered) {
      throw new EOFException("the broker's answer did not come");
    }
    return "";
  }

  /// Writes what the broker sent. {@return whether it answers `message`}
  private boolean pass(String text, JsonNode message) throws IOException {
    JsonNode answer = json.tree(text);
    write(json.line(answer));
    return !answer.has("method") && answer.path("id").equals(message.path("id"));
  }

  private void opened(HttpClient http, HttpResponse<?> response, JsonNode answer) {
    String version = answer.path("result").path("protocolVersion").asString("");
    response
        .headers()
        .firstValue(AgentGate.SESSION)
        .ifPresent(
            id -> {
              var fresh = new Session(id, version);
              session = fresh;
              Thread.startVirtualThread(() -> listen(http, fresh));
            });
  }

  /// Repeats the handshake with a broker that does not know the session any more.
  private boolean reopen(HttpClient http, Session lost) throws IOException, InterruptedException {
    opening.lock();
    try {
      if (!session.equals(lost)) {
        return true; // another request has done it
      }
      HttpResponse<InputStream> response = post(http, handshake, new Session("", ""));
      try (var body = response.body()) {
        if (response.statusCode() != 200) {
          return false;
        }
        opened(http, response, json.tree(read(body)));
      }
      var initialized =
          JsonNodeFactory.instance
              .objectNode()
              .put("jsonrpc", "2.0")
              .put("method", "notifications/initialized");
      post(http, initialized, session).body().close();
      return true;
    } finally {
      opening.unlock();
    }
  }

  /// Passes on what the broker sends unasked, for as long as the session is the one in use.
  private void listen(HttpClient http, Session listened) {
    while (!ended && session.equals(listened)) {
      try {
        var request = request(listened).header("Accept", "text/event-stream").GET().build();
        var response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
        try (var body = response.body()) {
          if (response.statusCode() == 404) {
            reopen(http, listened);
            return;
          }
          if (response.statusCode() != 200) {
            return;
          }
          new EventStream(body).forEach(event -> write(json.line(json.tree(event))));
        }
      } catch (IOException e) {
        // tried again below: the broker may be restarting
      } catch (InterruptedException e) {
        return;
      }
      if (!pause()) {
        return;
      }
    }
  }

  private static boolean pause() {
    try {
      Thread.sleep(RECONNECT);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private void leave(HttpClient http) {
    Session last = session;
    ended = true;
    if (last.id().isEmpty()) {
      return;
    }
    try {
      http.send(
          request(last).timeout(CONNECT).DELETE().build(), HttpResponse.BodyHandlers.discarding());
    } catch (IOException e) {
      // the broker is gone, and the session with it
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void drain(ExecutorService forwarding) {
    forwarding.shutdown();
    try {
      if (!forwarding.awaitTermination(drain.toMillis(), TimeUnit.MILLISECONDS)) {
        forwarding.shutdownNow();
      }
    } catch (InterruptedException e) {
      forwarding.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private HttpResponse<InputStream> post(HttpClient http, JsonNode message, Session in)
      throws IOException, InterruptedException {
    var request =
        request(in)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream")
            .POST(HttpRequest.BodyPublishers.ofString(json.line(message), StandardCharsets.UTF_8))
            .build();
    return http.send(request, HttpResponse.BodyHandlers.ofInputStream());
  }

  private HttpRequest.Builder request(Session in) {
    HttpRequest.Builder request = request();
    if (!in.id().isEmpty()) {
      request.header(AgentGate.SESSION, in.id());
      request.header(AgentGate.VERSION, in.version());
    }
    return request;
  }

  @TouchesSecret
  private HttpRequest.Builder request() {
    return key.use(
        text ->
            HttpRequest.newBuilder(broker.endpoint()).header("Authorization", "Bearer " + text));
  }

  /// An invalid header value would end up in the HTTP client's exception.
  @TouchesSecret
  private static void checkSendable(Secret key) {
    if (!key.use(text -> text.chars().allMatch(c -> c > ' ' && c < 0x7f))) {
      throw new IllegalArgumentException("an agent key must be visible ASCII characters");
    }
  }

  private static String read(InputStream body) throws IOException {
    return new String(body.readAllBytes(), StandardCharsets.UTF_8);
  }

  private String reason(int status, InputStream body) throws IOException {
    try {
      String sentence = json.tree(read(body)).path("error").path("message").asString("");
      return sentence.isEmpty() ? status(status) : sentence;
    } catch (BadMessage notOurs) {
      return status(status);
    }
  }

  static String status(int status) {
    return "The broker answered with HTTP status " + status + ".";
  }

  static boolean isEvents(HttpResponse<?> response) {
    return response.headers().firstValue("Content-Type").orElse("").startsWith("text/event-stream");
  }

  private static boolean isRequest(JsonNode message) {
    return message.has("id") && message.has("method");
  }

  private void refuse(BadMessage bad) {
    write(HttpProblem.body(bad.code(), bad.sentence()).toString());
  }

  private void fail(JsonNode message, int code, String sentence) {
    if (isRequest(message)) {
      var error = HttpProblem.body(code, sentence);
      error.set("id", message.get("id"));
      write(error.toString());
    }
  }

  private void write(String line) {
    try {
      out.write(line);
    } catch (IOException e) {
      // the client does not read any more; its end of the input will say so too
    }
  }

  /// The bridge's output, for [ModernBridge].
  private final class Output implements ModernBridge.Client {
    @Override
    public void write(String line) {
      StdioBridge.this.write(line);
    }

    @Override
    public void fail(JsonNode request, int code, String sentence) {
      StdioBridge.this.fail(request, code, sentence);
    }
  }
}
