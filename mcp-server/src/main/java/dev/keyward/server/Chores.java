package dev.keyward.server;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// What a running broker does again and again besides answering: end what has expired, write what
/// had to wait, look what other brokers did.
final class Chores implements AutoCloseable {
  private static final System.Logger log = System.getLogger(Chores.class.getName());

  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("keyward-chores").factory());
  private final List<Runnable> chores;

  Chores(Duration every, List<Runnable> chores) {
    this.chores = List.copyOf(chores);
    long nanos = every.toNanos();
    var _ = timer.scheduleWithFixedDelay(this::doAll, nanos, nanos, TimeUnit.NANOSECONDS);
  }

  /// Does them at once too.
  void soon() {
    try {
      timer.execute(this::doAll);
    } catch (RejectedExecutionException e) {
      log.log(DEBUG, "closing; nothing is done any more", e);
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }

  private void doAll() {
    for (Runnable chore : chores) {
      try {
        chore.run();
      } catch (RuntimeException e) {
        log.log(WARNING, "a chore failed; it is tried again soon", e);
      }
    }
  }
}
