package dev.keyward.server.transport;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/// An event stream that stays open to one client: many threads send, and one writes, so that frames
/// stay whole. Thread-safe.
///
/// A client that does not read is cut off; one that leaves is noticed at once.
final class EventChannel {
  private static final byte[] KEEP_ALIVE = ": keep-alive\n\n".getBytes(StandardCharsets.US_ASCII);

  private final ClientConnection connection;
  private final Limits limits;
  private final Outbox outbox;

  /// What one client may hold up.
  ///
  /// @param keepAlive how long the stream may be silent
  /// @param waitingBytes how much may wait to be sent
  /// @param patience how long a frame waits for room before the client counts as gone
  record Limits(Duration keepAlive, int waitingBytes, Duration patience) {
    /// What [AgentListener] uses.
    static final Limits USUAL = new Limits(Duration.ofSeconds(10), 1 << 20, Duration.ofSeconds(15));
  }

  EventChannel(ClientConnection connection, Limits limits) {
    this.connection = connection;
    this.limits = limits;
    this.outbox = new Outbox(limits.waitingBytes(), limits.patience());
  }

  /// Writes to the client until the channel ends. The only writer, on one thread.
  ///
  /// @param live asked while the stream is silent whether it may go on
  /// @param gone run when the client leaves, or sends what it must not
  /// @throws IOException if the client has left
  void serve(OutputStream out, BooleanSupplier live, Runnable gone) throws IOException {
    connection.watch(gone);
    try {
      while (true) {
        switch (outbox.next(limits.keepAlive())) {
          case Outbox.Waiting.Frame(var frame) -> write(out, frame);
          case Outbox.Waiting.Nothing() when live.getAsBoolean() -> write(out, KEEP_ALIVE);
          case Outbox.Waiting.Nothing(), Outbox.Waiting.End() -> {
            return;
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Sends an event.
  ///
  /// @param data on one line
  /// @return false if the client will not get it
  boolean send(String event, String data) {
    String frame = "event: " + event + "\ndata: " + data + "\n\n";
    return outbox.put(frame.getBytes(StandardCharsets.UTF_8));
  }

  /// Takes no more; what waits is still sent.
  void finish() {
    outbox.finish();
  }

  /// Takes no more and sends no more.
  void close() {
    connection.cut(); // first, or the server would read from what is still watched
    outbox.close();
  }

  private static void write(OutputStream out, byte[] frame) throws IOException {
    out.write(frame);
    out.flush();
  }
}
