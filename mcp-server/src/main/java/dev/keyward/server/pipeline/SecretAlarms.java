package dev.keyward.server.pipeline;

import static java.lang.System.Logger.Level.ERROR;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.keyward.call.CallRefused;
import dev.keyward.call.Caller;
import dev.keyward.call.Refusal;
import dev.keyward.call.RunId;
import java.util.concurrent.atomic.AtomicInteger;

/// Counts the calls of a run whose arguments held a secret; after a few the run is paused.
///
/// An agent has no secret to send, unless one has leaked elsewhere or it is guessing; and each
/// refusal would tell a guesser something. A new key, which is a new run, ends the pause.
final class SecretAlarms {
  private static final System.Logger log = System.getLogger(SecretAlarms.class.getName());
  private static final int ALLOWED = 3;
  private static final int RUNS = 100_000;

  private final Cache<RunId, AtomicInteger> counts =
      Caffeine.newBuilder().maximumSize(RUNS).build();

  /// Counts one more.
  void raise(Caller caller) {
    int count = counts.get(caller.run(), _ -> new AtomicInteger()).incrementAndGet();
    log.log(
        ERROR,
        "agent {0} sent a secret in its arguments, {1} of {2} before its run is paused; if it is to"
            + " go on after that, give it a new key with: keyward agent rotate {0}",
        caller.agent(),
        count,
        ALLOWED);
  }

  /// Lets the run go on, unless it is paused.
  ///
  /// @throws CallRefused with [Refusal.RunPaused]
  void check(Caller caller) {
    AtomicInteger count = counts.getIfPresent(caller.run());
    if (count != null && count.get() >= ALLOWED) {
      throw new CallRefused(new Refusal.RunPaused());
    }
  }
}
