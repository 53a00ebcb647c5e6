package dev.keyward.server.transport;

import dev.keyward.call.AgentId;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// The stream of one [ModernSubscription]. It takes a place among its agent's sessions, so that it
/// counts towards their number and ends with them, but its id is told to nobody.
final class ListeningClient implements OpenSession {
  private final String id;
  private final AgentId agent;
  private final ModernSubscription subscription;
  private final McpJson json;
  private final EventChannel channel;
  private final Consumer<String> onClose;
  private final AtomicBoolean changeWaits = new AtomicBoolean();

  ListeningClient(
      String id,
      AgentId agent,
      ModernSubscription subscription,
      McpJson json,
      EventChannel channel,
      Consumer<String> onClose) {
    this.id = id;
    this.agent = agent;
    this.subscription = subscription;
    this.json = json;
    this.channel = channel;
    this.onClose = onClose;
  }

  /// Puts the first message onto the stream; to be done before anything else can be.
  void acknowledge() {
    send(subscription.acknowledged());
  }

  /// Writes to the client until the stream ends, on this thread.
  ///
  /// @param live asked while the stream is silent whether it may go on
  /// @throws IOException if the client has left
  void serve(OutputStream out, BooleanSupplier live) throws IOException {
    channel.serve(out, live, this::close);
  }

  @Override
  public String getId() {
    return id;
  }

  @Override
  public AgentId agent() {
    return agent;
  }

  @Override
  public boolean busy() {
    return true; // it lives as long as its stream
  }

  @Override
  public void toolsChanged() {
    if (subscription.toolsChanged() && changeWaits.compareAndSet(false, true)) {
      send(subscription.toolsHaveChanged());
      changeWaits.set(false);
    }
  }

  @Override
  public void stop() {
    send(subscription.ended());
    channel.finish();
  }

  @Override
  public void close() {
    channel.close();
    onClose.accept(id);
  }

  @Override
  public void end() {}

  private void send(Object message) {
    if (!channel.send("message", json.line(message))) {
      close();
    }
  }
}
