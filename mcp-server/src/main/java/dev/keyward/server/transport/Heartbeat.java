package dev.keyward.server.transport;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import dev.keyward.call.Cancellation;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Looks after the calls that take long: shows their clients that they are alive, and has clients
/// watched that may leave. A call that is answered soon costs it next to nothing.
///
/// One thread keeps the time; what may block runs on virtual ones. Thread-safe.
final class Heartbeat implements AutoCloseable {
  private static final System.Logger log = System.getLogger(Heartbeat.class.getName());

  private final ScheduledThreadPoolExecutor timer;
  private final Pace pace;

  /// How soon.
  ///
  /// @param lasting after which time a call counts as one that takes long
  /// @param beat how often its client hears of it from then on
  record Pace(Duration lasting, Duration beat) {
    /// Below the 15 s after which some intermediaries drop what is silent.
    static final Pace USUAL = new Pace(Duration.ofMillis(250), Duration.ofSeconds(10));
  }

  Heartbeat(Pace pace) {
    this.pace = pace;
    this.timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("keyward-heartbeat").factory());
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /// Looks after one call until the result is closed.
  Call begin(WayBack back, Cancellation cancellation, Progress progress) {
    var call = new Call(back, cancellation, progress);
    call.schedule(() -> call.onThread(call::lasts), pace.lasting);
    return call;
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }

  /// A call that is looked after.
  final class Call implements AutoCloseable {
    private final WayBack back;
    private final Cancellation cancellation;
    private final Progress progress;
    private @Nullable ScheduledFuture<?> next;
    private boolean watched;
    private boolean over;

    private Call(WayBack back, Cancellation cancellation, Progress progress) {
      this.back = back;
      this.cancellation = cancellation;
      this.progress = progress;
    }

    /// Tells the client at once, because the call waits for something else now.
    void soon() {
      schedule(() -> onThread(this::beat), Duration.ZERO);
    }

    @Override
    public synchronized void close() {
      over = true;
      if (next != null) {
        next.cancel(false);
      }
    }

    private synchronized void lasts() {
      if (!over) {
        watch();
        schedule(() -> onThread(this::beat), pace.beat);
      }
    }

    /// A call that waits for people may do so before it has taken long.
    private void watch() {
      if (!watched) {
        watched = true;
        back.lasts(cancellation);
      }
    }

    /// Nothing may follow the answer, so closing waits for a beat that is under way.
    private synchronized void beat() {
      if (!over) {
        watch();
        back.beat(progress.next(), cancellation);
        schedule(() -> onThread(this::beat), pace.beat);
      }
    }

    /// There is one next step at a time, so that none overtakes another.
    private synchronized void schedule(Runnable step, Duration in) {
      if (over) {
        return;
      }
      if (next != null) {
        next.cancel(false);
      }
      try {
        next = timer.schedule(step, in.toNanos(), TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException e) {
        log.log(DEBUG, "closing; no client is told any more", e);
      }
    }

    private void onThread(Runnable step) {
      Thread.startVirtualThread(
          () -> {
            try {
              step.run();
            } catch (RuntimeException e) {
              log.log(WARNING, "a client could not be told: {0}", Faults.describe(e));
            }
          });
    }
  }
}
