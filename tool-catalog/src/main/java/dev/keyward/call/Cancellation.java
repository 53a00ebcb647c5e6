package dev.keyward.call;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The end that may be put to one call while it is under way: by its caller, who takes it back or
/// goes away, or by the broker, whose operator ends a run.
///
/// Whoever works on the call asks it; whoever waits for something registers what wakes them. How
/// far a call can still be ended is for those who carry it to say: a write that has left runs on.
/// Thread-safe.
public final class Cancellation {
  private final Set<Watch> watches = new LinkedHashSet<>();
  private @Nullable Refusal why;

  /// What is told of the end, until it is closed.
  public final class Watch implements AutoCloseable {
    private final Runnable action;

    private Watch(Runnable action) {
      this.action = action;
    }

    @Override
    public void close() {
      synchronized (Cancellation.this) {
        watches.remove(this);
      }
    }
  }

  /// Ends the call, the first time; tells all who watch, on this thread.
  ///
  /// @param reason what the caller is told, if it still listens
  /// @return whether this was the first time
  public boolean cancel(Refusal reason) {
    List<Watch> told;
    synchronized (this) {
      if (why != null) {
        return false;
      }
      why = reason;
      told = List.copyOf(watches);
      watches.clear();
    }
    told.forEach(watch -> watch.action.run());
    return true;
  }

  /// {@return whether the call has been ended}
  public synchronized boolean cancelled() {
    return why != null;
  }

  /// {@return why the call was ended; empty while it was not}
  public synchronized Optional<Refusal> reason() {
    return Optional.ofNullable(why);
  }

  /// Goes no further with a call that has been ended.
  ///
  /// @throws CallRefused with the reason
  public void check() {
    reason()
        .ifPresent(
            reason -> {
              throw new CallRefused(reason);
            });
  }

  /// Runs `action` once when the call is ended, at once if it has been.
  ///
  /// @param action quick, and throws nothing; it may still run while the watch is being closed
  public Watch onCancel(Runnable action) {
    var watch = new Watch(action);
    synchronized (this) {
      if (why == null) {
        watches.add(watch);
        return watch;
      }
    }
    action.run();
    return watch;
  }
}
