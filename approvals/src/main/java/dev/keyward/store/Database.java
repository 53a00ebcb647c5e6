package dev.keyward.store;

import java.util.concurrent.CompletableFuture;

/// The one database of a broker. Writes are durable when they are reported done.
///
/// Thread-safe. All writes of a process run one after another on one writer thread and are
/// committed in groups, so that many units of work share one fsync; a unit that throws undoes
/// itself alone.
public interface Database extends AutoCloseable {

  /// A unit of work: reads and writes through `tx`, and may be given up by throwing.
  @FunctionalInterface
  interface Work<T> {
    T in(Tx tx);
  }

  /// Runs `work` and returns its result once it is durable.
  ///
  /// Whatever `work` throws is thrown here, after its changes are undone.
  ///
  /// @throws StoreUnavailable if it could not be made durable; then nothing of it is
  <T> T write(Work<T> work);

  /// Queues `work` and returns at once; the future completes when its result is durable, and fails
  /// as [#write] throws. Work of one caller runs in the order queued.
  <T> CompletableFuture<T> submit(Work<T> work);

  /// Like [#submit], for work that nobody waits for yet: it may be held back for a few milliseconds
  /// to share the fsync of work that somebody waits for. It keeps its place in the order.
  default <T> CompletableFuture<T> submitPatiently(Work<T> work) {
    return submit(work);
  }

  /// Runs `work` on a connection that can only read, in a consistent view of what is committed.
  <T> T read(Work<T> work);

  /// Finishes what is queued, then releases files and threads.
  @Override
  void close();
}
