package dev.keyward.server.pipeline;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.keyward.call.AgentId;
import dev.keyward.call.Arguments;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// Looks through large arguments one call at a time for each agent, so that one agent cannot keep
/// every processor busy with them. Small ones do not wait.
final class LargeArguments {
  private static final int LARGE = 32_768;

  private final LoadingCache<AgentId, ReentrantLock> turns =
      Caffeine.newBuilder().weakValues().build(_ -> new ReentrantLock(true));

  /// {@return what `look` finds}
  boolean alone(AgentId agent, Arguments arguments, BooleanSupplier look) {
    if (arguments.canonical().length() < LARGE) {
      return look.getAsBoolean();
    }
    ReentrantLock turn = turns.get(agent);
    turn.lock();
    try {
      return look.getAsBoolean();
    } finally {
      turn.unlock();
    }
  }
}
