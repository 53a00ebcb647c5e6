package dev.keyward.server.transport;

import dev.keyward.call.AgentId;
import dev.keyward.server.pipeline.Interaction;
import io.modelcontextprotocol.server.McpNotificationHandler;
import io.modelcontextprotocol.server.McpRequestHandler;
import io.modelcontextprotocol.spec.McpSchema.ClientCapabilities;
import io.modelcontextprotocol.spec.McpSchema.Implementation;
import io.modelcontextprotocol.spec.McpStreamableServerSession;
import io.modelcontextprotocol.spec.McpStreamableServerTransport;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/// A Streamable HTTP session, and the agent that opened it.
///
/// Of what the client said of itself only its name is kept, and whether it can show its user a
/// page: the rest may be large, and nothing uses it.
final class BoundSession extends McpStreamableServerSession implements OpenSession {
  private static final Duration PING_TIMEOUT = Duration.ofSeconds(30);

  private final AgentId agent;
  private final String clientName;
  private final Interaction interaction;
  private final AtomicInteger answering = new AtomicInteger();
  private final AtomicReference<@Nullable McpStreamableServerSessionStream> listening =
      new AtomicReference<>();
  private volatile boolean ended;

  BoundSession(
      String id,
      AgentId agent,
      String clientName,
      Interaction interaction,
      Map<String, McpRequestHandler<?>> requests,
      Map<String, McpNotificationHandler> notifications,
      Consumer<String> onClose) {
    super(
        id,
        ClientCapabilities.builder().build(),
        Implementation.builder("client", "unknown").build(),
        PING_TIMEOUT,
        requests,
        notifications,
        () -> Mono.fromRunnable(() -> onClose.accept(id)));
    this.agent = agent;
    this.clientName = clientName;
    this.interaction = interaction;
  }

  @Override
  public AgentId agent() {
    return agent;
  }

  /// {@return what the client calls itself; empty if it has not said}
  String clientName() {
    return clientName;
  }

  /// {@return what the client can do for its user}
  Interaction interaction() {
    return interaction;
  }

  @Override
  public boolean busy() {
    return answering.get() > 0 || super.hasOpenStream();
  }

  /// Notes that a request is being answered without a stream, until the result is closed.
  Answering answering() {
    answering.incrementAndGet();
    return answering::decrementAndGet;
  }

  /// A request under way. Closed once.
  interface Answering extends AutoCloseable {
    @Override
    void close();
  }

  @Override
  public void toolsChanged() {
    sendNotification("notifications/tools/list_changed", null)
        .onErrorComplete() // it does not listen, or has just left
        .block();
  }

  @Override
  public void stop() {
    releaseListeningStream();
  }

  /// Lets the SDK's sweeper drop it.
  @Override
  public void end() {
    ended = true;
  }

  /// The newest stream takes the place of the one before; the SDK would keep all of them open.
  ///
  /// A stream that is opened while the session ends is closed with the others.
  @Override
  public McpStreamableServerSessionStream listeningStream(McpStreamableServerTransport transport) {
    McpStreamableServerSessionStream stream = super.listeningStream(transport);
    McpStreamableServerSessionStream before = listening.getAndSet(stream);
    if (before != null) {
      Thread.startVirtualThread(before::close); // waits for a client that does not read
    }
    if (ended) {
      stream.close();
    }
    return stream;
  }

  /// The SDK drops sessions without an open stream after a while; only ended ones are to be
  /// dropped.
  @Override
  public boolean hasOpenStream() {
    return !ended || super.hasOpenStream();
  }
}
