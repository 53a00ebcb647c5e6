package dev.keyward.server.transport;

import dev.keyward.call.AgentId;
import dev.keyward.redaction.Secret;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.ProtocolVersions;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// A session of the older HTTP+SSE transport (MCP 2024-11-05, "HTTP with SSE"): one stream to the
/// client, and messages from it that come one by one. Thread-safe.
///
/// The SDK's transport lets answers interleave on the stream. Here every frame goes through an
/// [EventChannel]. It opens nothing but to the very key that opened the stream: who holds a rotated
/// key may still be listening.
final class SseSession implements OpenSession {
  /// The revisions that know this transport; newer clients are offered this one.
  static final List<String> VERSIONS = List.of(ProtocolVersions.MCP_2024_11_05);

  private static final int MAX_OPEN_REQUESTS = 128;

  private final String id;
  private final AgentId agent;
  private volatile Presented client;
  private final McpMethods methods;
  private final McpJson json;
  private final EventChannel channel;
  private final Consumer<String> onClose;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicBoolean changeWaits = new AtomicBoolean();
  private volatile boolean initialized;
  private volatile boolean listening;
  private volatile boolean stopping;

  SseSession(
      String id,
      AgentId agent,
      Secret key,
      McpMethods methods,
      McpJson json,
      EventChannel channel,
      Consumer<String> onClose) {
    this.id = id;
    this.agent = agent;
    this.client = new Presented(key, id, "sse", "", (message, _) -> send(message));
    this.methods = methods;
    this.json = json;
    this.channel = channel;
    this.onClose = onClose;
  }

  @Override
  public String getId() {
    return id;
  }

  @Override
  public AgentId agent() {
    return agent;
  }

  /// {@return whether this key opened it}
  boolean openedWith(Secret key) {
    return client.key().equals(key);
  }

  @Override
  public boolean busy() {
    return true; // it lives as long as its stream
  }

  /// Writes to the client until the session ends, on this thread.
  ///
  /// @param endpoint where the client is to send its messages
  /// @param live asked while the stream is silent whether it may go on
  /// @throws IOException if the client has left
  void serve(String endpoint, OutputStream out, BooleanSupplier live) throws IOException {
    channel.send("endpoint", endpoint);
    channel.serve(out, live, this::close);
  }

  /// Takes a message from the client; its answer goes onto the stream.
  ///
  /// @param share closed once the message is done with
  /// @return why it is turned away, if it is
  Optional<HttpProblem> take(JSONRPCMessage message, AgentLoad.Share share) {
    if (message instanceof JSONRPCRequest request) {
      return begin(request, share);
    }
    share.close();
    if (message instanceof JSONRPCNotification notification) {
      notified(notification);
    }
    return Optional.empty(); // a response is for nobody: this server asks the client nothing
  }

  @Override
  public void toolsChanged() {
    if (listening && changeWaits.compareAndSet(false, true)) {
      send(new JSONRPCNotification("notifications/tools/list_changed"));
      changeWaits.set(false);
    }
  }

  @Override
  public void stop() {
    stopping = true;
    finishIfDone();
  }

  @Override
  public void close() {
    channel.close();
    onClose.accept(id);
  }

  @Override
  public void end() {}

  private Optional<HttpProblem> begin(JSONRPCRequest request, AgentLoad.Share share) {
    if (open.incrementAndGet() > MAX_OPEN_REQUESTS) {
      open.decrementAndGet();
      share.close();
      return Optional.of(HttpProblem.REQUESTS);
    }
    if (request.method().equals("initialize")) {
      initialized = true;
    }
    Thread.startVirtualThread(
        () -> {
          try {
            answer(request);
          } finally {
            share.close();
            open.decrementAndGet();
            finishIfDone();
          }
        });
    return Optional.empty();
  }

  private void answer(JSONRPCRequest request) {
    switch (reply(request)) {
      case RpcReply.Result(var value) -> send(JSONRPCResponse.result(request.id(), value));
      case RpcReply.Failure(var error) -> send(JSONRPCResponse.error(request.id(), error));
      case RpcReply.Silence() -> {}
    }
  }

  private RpcReply reply(JSONRPCRequest request) {
    var inbound = (Inbound) request.params();
    if (request.method().equals("initialize")) {
      String version = inbound.params().path("protocolVersion").asString("");
      client = client.named(Presented.nameIn(inbound.params().path("clientInfo")));
      return new RpcReply.Result(McpMethods.initialize(version, VERSIONS));
    }
    if (!initialized && !request.method().equals("ping")) {
      return new RpcReply.Failure(RpcReply.INVALID_REQUEST, "Send initialize first.");
    }
    return methods.answer(request.method(), client, inbound);
  }

  private void notified(JSONRPCNotification notification) {
    switch (notification.method()) {
      case "notifications/initialized" -> listening = true;
      case "notifications/cancelled" -> methods.cancel(id, (Inbound) notification.params());
      default -> {}
    }
  }

  private void send(Object message) {
    if (!channel.send("message", json.line(message))) {
      close();
    }
  }

  private void finishIfDone() {
    if (stopping && open.get() == 0) {
      channel.finish();
    }
  }
}
