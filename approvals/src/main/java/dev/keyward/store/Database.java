package dev.keyward.store;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// The one database of a broker. Writes are durable when they are reported done.
///
/// Thread-safe. All writes of a process run one after another on one writer thread and are
/// committed in groups, so that many units of work share one fsync; a unit that throws undoes
/// itself alone. Where [#shared] is true other processes write at the same time: what a unit reads
/// before it writes then needs [Tx#lock], a unique index or an update that names what it expects.
public interface Database extends AutoCloseable {

  /// A unit of work: reads and writes through `tx`, and may be given up by throwing.
  ///
  /// It may be run more than once, if the first time is undone because another process was in the
  /// way; what it keeps in memory it puts back in [Tx#afterRollback].
  @FunctionalInterface
  interface Work<T> {
    T in(Tx tx);
  }

  /// Runs `work` and returns its result once it is durable.
  ///
  /// Whatever `work` throws is thrown here, after its changes are undone.
  ///
  /// @throws StoreUnavailable if it is not known to be durable; on an engine behind a network it
  ///   may be all the same, if the answer to the commit was lost
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

  /// {@return whether other processes may be writing to it}
  default boolean shared() {
    return false;
  }

  /// Has `listener` called with the hints of other processes and of this one, and with
  /// [#HINTS_LOST] whenever some may have been missed. On a thread of the database: quick, and not
  /// throwing. Not called where nothing is shared.
  default void onHint(Consumer<String> listener) {}

  /// Stands for all hints that may have been missed.
  String HINTS_LOST = "";

  /// Finishes what is queued, then releases files and threads.
  @Override
  void close();
}
