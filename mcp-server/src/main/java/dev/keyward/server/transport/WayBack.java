package dev.keyward.server.transport;

import dev.keyward.call.Cancellation;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import java.util.Optional;

/// The way back to the client of a request that has not been answered yet. Thread-safe; may block.
interface WayBack {
  /// For transports that know by themselves when a client has left, and keep their streams alive.
  WayBack NONE = (_, _) -> {};

  /// Sends the client a message ahead of its answer.
  void send(Object message, Cancellation cancellation);

  /// Shows the client that its request is still being worked on.
  ///
  /// @param progress what it has asked to be told, if it has
  default void beat(Optional<JSONRPCNotification> progress, Cancellation cancellation) {
    progress.ifPresent(message -> send(message, cancellation));
  }

  /// Called once, when the request takes longer than most or waits for people: from now on a client
  /// that leaves takes it back.
  default void lasts(Cancellation cancellation) {}
}
