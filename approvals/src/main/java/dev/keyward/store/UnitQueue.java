package dev.keyward.store;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The units that wait for the writer, first come, first served.
///
/// Some are patient: nobody waits for them yet, so they let the writer rest for a moment, until
/// work comes that somebody waits for and with which they can share a commit.
final class UnitQueue {
  private static final Duration PATIENCE = Duration.ofMillis(5);

  private final ArrayDeque<Entry> entries = new ArrayDeque<>(); // guarded by this, like the rest
  private int urgent;
  private Waiting waiting = Waiting.FOR_NOTHING;

  private record Entry(Unit<?> unit, boolean patient) {}

  private enum Waiting {
    FOR_NOTHING,
    FOR_ANY,
    FOR_URGENT
  }

  /// Adds a unit that somebody waits for.
  synchronized void add(Unit<?> unit) {
    entries.add(new Entry(unit, false));
    urgent++;
    if (waiting != Waiting.FOR_NOTHING) {
      notifyAll();
    }
  }

  /// Adds a patient one.
  synchronized void addPatient(Unit<?> unit) {
    entries.add(new Entry(unit, true));
    if (waiting == Waiting.FOR_ANY) {
      notifyAll();
    }
  }

  /// Waits for a unit, and takes the first. For one thread.
  synchronized Unit<?> take() throws InterruptedException {
    try {
      waiting = Waiting.FOR_ANY;
      while (entries.isEmpty()) {
        wait();
      }
      waiting = Waiting.FOR_URGENT;
      long end = System.nanoTime() + PATIENCE.toNanos();
      for (long left = PATIENCE.toNanos();
          urgent == 0 && left > 0;
          left = end - System.nanoTime()) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } finally {
      waiting = Waiting.FOR_NOTHING;
    }
    return removed(entries.remove());
  }

  /// {@return the first unit, if there is one}
  synchronized @Nullable Unit<?> poll() {
    Entry first = entries.poll();
    return first == null ? null : removed(first);
  }

  private Unit<?> removed(Entry entry) {
    urgent -= entry.patient ? 0 : 1;
    return entry.unit;
  }
}
