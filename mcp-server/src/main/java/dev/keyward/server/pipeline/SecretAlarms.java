package dev.keyward.server.pipeline;

import static java.lang.System.Logger.Level.ERROR;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.keyward.call.AgentId;
import dev.keyward.call.CallRefused;
import dev.keyward.call.Caller;
import dev.keyward.call.Refusal;
import java.util.concurrent.atomic.AtomicInteger;

/// Counts the calls of an agent, and of those that work for it, that held a secret, or gave it back
/// text of its own in which a part of one stood; after a few its runs are paused.
///
/// An agent has no secret to send, unless one has leaked elsewhere or it is guessing; and each
/// refusal would tell a guesser something. A new key ends the pause; that an idle run ends does
/// not.
final class SecretAlarms {
  private static final System.Logger log = System.getLogger(SecretAlarms.class.getName());
  private static final int ALLOWED = 3;
  private static final int AGENTS = 100_000;

  private final Cache<AgentId, AtomicInteger> counts =
      Caffeine.newBuilder().maximumSize(AGENTS).build();

  /// Counts one more.
  ///
  /// @param what the agent did, for the log
  void raise(Caller caller, String what) {
    int count = counts.get(caller.lead(), _ -> new AtomicInteger()).incrementAndGet();
    log.log(
        ERROR,
        "agent {0} {3}, {1} of {2} before the runs of {4} are paused; if it is to go on after that,"
            + " give it a new key with: keyward agent rotate {4}",
        caller.agent(),
        count,
        ALLOWED,
        what,
        caller.lead());
  }

  /// Begins again from nothing, for an agent with a new key.
  void forget(AgentId agent) {
    counts.invalidate(agent);
  }

  /// Lets the run go on, unless it is paused.
  ///
  /// @throws CallRefused with [Refusal.RunPaused]
  void check(Caller caller) {
    AtomicInteger count = counts.getIfPresent(caller.lead());
    if (count != null && count.get() >= ALLOWED) {
      throw new CallRefused(new Refusal.RunPaused());
    }
  }
}
