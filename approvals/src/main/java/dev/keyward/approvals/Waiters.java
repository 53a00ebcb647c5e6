package dev.keyward.approvals;

import dev.keyward.call.ApprovalId;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Threads that wait for a request to change. A wake-up is a hint; the row is the truth.
final class Waiters {
  private final Map<ApprovalId, Set<Waiter>> waiting = new ConcurrentHashMap<>();

  /// From now on [#wake] reaches the waiter, also before it begins to wait.
  Waiter join(ApprovalId id) {
    var waiter = new Waiter(id);
    waiting.compute(
        id,
        (_, others) -> {
          Set<Waiter> all = others == null ? ConcurrentHashMap.newKeySet() : others;
          all.add(waiter);
          return all;
        });
    return waiter;
  }

  void wake(ApprovalId id) {
    waiting.getOrDefault(id, Set.of()).forEach(Waiter::wake);
  }

  void wakeAll() {
    waiting.keySet().forEach(this::wake);
  }

  /// One waiting thread.
  final class Waiter implements AutoCloseable {
    private final ApprovalId id;
    private final Semaphore signal = new Semaphore(0);

    private Waiter(ApprovalId id) {
      this.id = id;
    }

    void wake() {
      signal.release();
    }

    /// Waits for a wake-up, for `atMost`.
    void await(Duration atMost) throws InterruptedException {
      boolean woken = signal.tryAcquire(atMost.toNanos(), TimeUnit.NANOSECONDS);
      if (woken) {
        signal.drainPermits();
      }
    }

    @Override
    public void close() {
      waiting.computeIfPresent(
          id,
          (_, all) -> {
            all.remove(this);
            return all.isEmpty() ? null : all;
          });
    }
  }
}
