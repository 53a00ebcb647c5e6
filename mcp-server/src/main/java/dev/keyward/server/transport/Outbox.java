package dev.keyward.server.transport;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Frames that wait to be sent to one client, first in first out. Many threads put, one takes.
///
/// Only so many bytes wait at once, the frame that is being sent included; whoever puts one more
/// waits for room, and gives up on a client that does not read.
final class Outbox {
  private static final Waiting.End END = new Waiting.End();

  private final BlockingQueue<Waiting> waiting = new LinkedBlockingQueue<>();
  private final int maxBytes;
  private final Duration patience;
  private final Semaphore room;
  private int taken;
  private volatile boolean closed;

  /// @param maxBytes how much may wait; a frame larger than that goes alone
  /// @param patience how long to wait for room
  Outbox(int maxBytes, Duration patience) {
    this.maxBytes = maxBytes;
    this.patience = patience;
    this.room = new Semaphore(maxBytes, true);
  }

  /// What is to be done next.
  sealed interface Waiting {
    /// Send this, whole.
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    record Frame(byte[] bytes) implements Waiting {}

    /// Nothing came for a while.
    record Nothing() implements Waiting {}

    /// There will be no more.
    record End() implements Waiting {}
  }

  /// Adds a frame.
  ///
  /// @return false if there was no room in time, or no more is taken: the client will not get it
  boolean put(byte[] frame) {
    try {
      if (closed || !room.tryAcquire(cost(frame), patience.toMillis(), TimeUnit.MILLISECONDS)) {
        return false;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    return !closed && waiting.add(new Waiting.Frame(frame));
  }

  /// Waits for the next frame; the one before counts as sent. For one thread.
  ///
  /// @param idle how long to wait
  Waiting next(Duration idle) throws InterruptedException {
    room.release(taken);
    taken = 0;
    Waiting next = closed ? END : waiting.poll(idle.toMillis(), TimeUnit.MILLISECONDS);
    if (next instanceof Waiting.Frame(var bytes)) {
      taken = cost(bytes);
    }
    return next == null ? new Waiting.Nothing() : next;
  }

  /// Takes no more; what waits is still sent.
  void finish() {
    waiting.add(END);
  }

  /// Takes no more and sends no more.
  void close() {
    closed = true;
    waiting.clear();
    waiting.add(END);
    room.release(maxBytes); // lets those who wait for room see it
  }

  private int cost(byte[] frame) {
    return Math.min(frame.length, maxBytes);
  }
}
