package dev.keyward.server.limits;

import dev.keyward.call.CallRefused;
import dev.keyward.call.Refusal;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/// Counts what is in flight under a name and refuses, never queues, what goes over.
///
/// Thread-safe.
public final class InFlight {
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final String what;
  private final Map<String, Integer> taken = new ConcurrentHashMap<>();

  /// Counts `what`, which names it to the agent in the plural: `calls of this tool at once`.
  public InFlight(String what) {
    this.what = what;
  }

  /// A place taken; closing it more than once gives it back once.
  public interface Place extends AutoCloseable {
    @Override
    void close();
  }

  /// Takes one of `limit` places under `name`.
  ///
  /// @throws CallRefused with [Refusal.TooMany] if all are taken
  public Place enter(String name, int limit) {
    var entered = new AtomicBoolean();
    taken.compute(
        name,
        (_, count) -> {
          int before = count == null ? 0 : count;
          entered.set(before < limit);
          return entered.get() ? before + 1 : before;
        });
    if (!entered.get()) {
      throw new CallRefused(new Refusal.TooMany(what, RETRY));
    }
    return () -> {
      if (entered.getAndSet(false)) {
        taken.computeIfPresent(name, (_, count) -> count == 1 ? null : count - 1);
      }
    };
  }
}
