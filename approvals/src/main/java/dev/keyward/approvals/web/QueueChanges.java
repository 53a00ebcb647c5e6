package dev.keyward.approvals.web;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A number that grows with every change of the queue: a page that shows an older one is out of
/// date, however and whenever it asks. Thread-safe.
final class QueueChanges {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long newest;
  private boolean over;

  /// Starts at the time, so that no number of an earlier start is ever the newest again.
  QueueChanges(InstantSource clock) {
    this.newest = clock.millis();
  }

  /// Tells everybody who waits that something has changed.
  void add() {
    lock.lock();
    try {
      newest++;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// {@return the newest number; what is read after it is at least as new}
  long newest() {
    lock.lock();
    try {
      return newest;
    } finally {
      lock.unlock();
    }
  }

  /// Ends every wait, and lets none begin.
  void end() {
    lock.lock();
    try {
      over = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// {@return whether there is nothing more to wait for}
  boolean over() {
    lock.lock();
    try {
      return over;
    } finally {
      lock.unlock();
    }
  }

  /// Waits until the newest number is another one than `seen`, or until the time is over.
  ///
  /// @return the newest number
  long after(long seen, Duration atMost) throws InterruptedException {
    long left = atMost.toNanos();
    lock.lock();
    try {
      while (newest == seen && left > 0 && !over) {
        left = changed.awaitNanos(left);
      }
      return newest;
    } finally {
      lock.unlock();
    }
  }
}
