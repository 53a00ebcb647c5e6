package dev.keyward.store;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// Waits for a unit of work and hands on how it went.
final class Outcome {
  private Outcome() {}

  /// {@return the unit's result; what it threw is thrown here}
  ///
  /// Not interruptible: a unit that has been queued will happen, and its caller must learn how.
  static <T> T of(CompletableFuture<T> done) {
    try {
      return done.join();
    } catch (CompletionException e) {
      throw rethrown(e);
    }
  }

  private static RuntimeException rethrown(CompletionException e) {
    return switch (e.getCause()) {
      case RuntimeException own -> own;
      case Error own -> throw own;
      case null, default -> e;
    };
  }
}
