package dev.keyward.server;

import static java.lang.System.Logger.Level.WARNING;

import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// What a running broker does every second besides answering: end what has expired, write what had
/// to wait.
final class Chores implements AutoCloseable {
  private static final System.Logger log = System.getLogger(Chores.class.getName());

  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("keyward-chores").factory());
  private final List<Runnable> chores;

  Chores(List<Runnable> chores) {
    this.chores = List.copyOf(chores);
    var _ = timer.scheduleWithFixedDelay(this::doAll, 1, 1, TimeUnit.SECONDS);
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
        log.log(WARNING, "a chore failed; it is tried again in a second", e);
      }
    }
  }
}
