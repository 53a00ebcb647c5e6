package dev.keyward.server.transport;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import dev.keyward.call.CallRefused;
import dev.keyward.call.Refusal;
import dev.keyward.call.TaskId;
import dev.keyward.redaction.Secret;
import dev.keyward.server.pipeline.Interaction;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.ProtocolVersions;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;

/// MCP on a pair of streams, one message to a line, for one client with one agent key.
///
/// Each request runs on a virtual thread of its own, so that a waiting call holds up nothing. The
/// SDK's messages are used, but not its stdio transport: that one ends on the first bad line, drops
/// the answers of calls in flight when the input ends, parks requests that come before the
/// handshake, and carries 256 requests at most. Only messages are ever written to the output.
public final class StdioServer {
  private static final System.Logger log = System.getLogger(StdioServer.class.getName());
  private static final int MAX_LINE_BYTES = 1 << 20;
  private static final String SESSION = "stdio";
  private static final List<String> VERSIONS =
      List.of(
          ProtocolVersions.MCP_2024_11_05,
          ProtocolVersions.MCP_2025_03_26,
          ProtocolVersions.MCP_2025_06_18,
          ProtocolVersions.MCP_2025_11_25);

  private final McpJson json = new McpJson();
  private final CallsInFlight calls = new CallsInFlight();
  private final Heartbeat heartbeat;
  private final Broker broker;
  private final McpMethods methods;
  private final ModernMethods modern;
  private final StdioSubscriptions subscriptions = new StdioSubscriptions(this::send);
  private volatile Presented client;
  private final LineReader in;
  private final LineWriter out;
  private final Duration drain;
  private final AtomicBoolean abandoned = new AtomicBoolean();
  private volatile boolean initialized;
  private volatile boolean listening;

  /// Serves nothing yet.
  ///
  /// @param key the agent's key, checked anew on every request
  /// @param random makes call names; must be a secure one
  /// @param drain how long calls in flight may run on after the input has ended
  public StdioServer(
      Broker broker,
      Secret key,
      InputStream in,
      OutputStream out,
      RandomGenerator random,
      Duration drain) {
    this(broker, key, in, out, random, drain, Heartbeat.Pace.USUAL);
  }

  StdioServer(
      Broker broker,
      Secret key,
      InputStream in,
      OutputStream out,
      RandomGenerator random,
      Duration drain,
      Heartbeat.Pace pace) {
    this.heartbeat = new Heartbeat(pace);
    this.broker = broker;
    this.methods = new McpMethods(broker, random, calls, heartbeat);
    this.modern = new ModernMethods(methods);
    this.client = new Presented(key, SESSION, "stdio", "", (message, _) -> send(message));
    this.in = new LineReader(in, MAX_LINE_BYTES);
    this.out = new LineWriter(out);
    this.drain = drain;
  }

  /// Serves until the input ends, then lets calls in flight end for a bounded time.
  ///
  /// @throws IOException if the input cannot be read
  public void run() throws IOException {
    ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
    try {
      serve(requests);
    } finally {
      finish(requests);
      heartbeat.close();
    }
  }

  /// Tells the client, once, that the tools have changed.
  public void toolsChanged() {
    if (listening) {
      send(new JSONRPCNotification("notifications/tools/list_changed"));
    }
    subscriptions.toolsChanged();
  }

  /// Tells the client, if it listens for this task, how it stands. Returns at once.
  public void taskChanged(TaskId task) {
    Thread.startVirtualThread(() -> subscriptions.taskChanged(task));
  }

  private void serve(ExecutorService requests) throws IOException {
    while (true) {
      switch (in.next()) {
        case LineReader.Line.End() -> {
          return;
        }
        case LineReader.Line.Unreadable() -> refuse(BadMessage.notJson());
        case LineReader.Line.Text(var text) -> {
          if (!text.isEmpty()) {
            take(text, requests);
          }
        }
      }
    }
  }

  private void take(String text, ExecutorService requests) {
    JSONRPCMessage message;
    try {
      message = json.message(text);
    } catch (BadMessage bad) {
      refuse(bad);
      return;
    }
    switch (message) {
      case JSONRPCRequest request when ModernEndpoint.claims(request) ->
          requests.execute(() -> reply(request, answerModern(request)));
      case JSONRPCRequest request when request.method().equals("initialize") -> initialize(request);
      case JSONRPCRequest request -> requests.execute(() -> answer(request));
      case JSONRPCNotification notification -> notified(notification);
      default -> {} // a response: this server asks the client nothing
    }
  }

  private void initialize(JSONRPCRequest request) {
    Optional<RpcReply> refused = unauthenticated();
    if (refused.isPresent()) {
      reply(request, refused.get());
      return;
    }
    JsonNode params = inbound(request.params()).params();
    String version = params.path("protocolVersion").asString("");
    boolean pages = params.at("/capabilities/elicitation/url").isObject();
    client =
        client.named(Presented.nameIn(params.path("clientInfo"))).with(Interaction.opening(pages));
    reply(request, new RpcReply.Result(McpMethods.initialize(version, VERSIONS)));
    initialized = true;
  }

  private void answer(JSONRPCRequest request) {
    boolean early = !initialized && !request.method().equals("ping");
    RpcReply reply =
        early
            ? new RpcReply.Failure(RpcReply.INVALID_REQUEST, "Send initialize first.")
            : unauthenticated()
                .orElseGet(
                    () -> methods.answer(request.method(), client, inbound(request.params())));
    reply(request, reply);
  }

  /// Answers a request of revision 2026-07-28, which needs no handshake before it.
  private RpcReply answerModern(JSONRPCRequest request) {
    try {
      ModernRequest parsed = ModernRequest.of(request);
      parsed.requireSpoken();
      Optional<RpcReply> refused = unauthenticated();
      if (refused.isPresent()) {
        return refused.get();
      }
      Presented asks = client.named(parsed.clientName());
      return parsed.method().equals(ModernSubscription.METHOD)
          ? subscriptions.open(parsed, task -> modern.task(task, asks))
          : modern.answer(parsed, asks);
    } catch (ModernFault fault) {
      return new RpcReply.Failure(fault.error());
    }
  }

  private Optional<RpcReply> unauthenticated() {
    try {
      broker.authenticate(client.key());
      return Optional.empty();
    } catch (CallRefused refused) {
      return Optional.of(
          new RpcReply.Failure(RpcReply.UNAUTHENTICATED, new Refusal.Unauthenticated().message()));
    } catch (RuntimeException broken) {
      log.log(ERROR, "the agent could not be authenticated: {0}", Faults.describe(broken));
      return Optional.of(
          new RpcReply.Failure(RpcReply.INTERNAL_ERROR, "The broker is not ready. Try again."));
    }
  }

  private void notified(JSONRPCNotification notification) {
    switch (notification.method()) {
      case "notifications/initialized" -> listening = true;
      case "notifications/cancelled" -> cancelled(inbound(notification.params()));
      default -> {}
    }
  }

  private void cancelled(Inbound notification) {
    methods.cancel(SESSION, notification);
    subscriptions.end(notification);
  }

  private void reply(JSONRPCRequest request, RpcReply reply) {
    switch (reply) {
      case RpcReply.Result(var value) -> send(JSONRPCResponse.result(request.id(), value));
      case RpcReply.Failure(var error) -> send(JSONRPCResponse.error(request.id(), error));
      case RpcReply.Silence() -> {}
    }
  }

  private void refuse(BadMessage bad) {
    send(HttpProblem.body(bad.code(), bad.sentence()));
  }

  private void send(Object message) {
    try {
      out.write(json.line(message));
    } catch (IOException e) {
      if (abandoned.compareAndSet(false, true)) {
        log.log(WARNING, "the client does not read any more: {0}", Faults.describe(e));
      }
    }
  }

  private void finish(ExecutorService requests) {
    requests.shutdown();
    try {
      if (requests.awaitTermination(drain.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    calls.endAll(SESSION, new Refusal.Cancelled());
    requests.shutdownNow();
  }

  private static Inbound inbound(Object params) {
    return (Inbound) params;
  }
}
