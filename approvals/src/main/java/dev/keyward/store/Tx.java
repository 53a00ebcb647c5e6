package dev.keyward.store;

import org.jdbi.v3.core.Handle;

/// One unit of work in a transaction. Used by one thread, until its work returns.
public interface Tx {

  /// {@return the door to SQL; its transaction is not the caller's to commit, roll back or close}
  Handle sql();

  /// Runs `action` after this work has become durable, on the writer thread: quick, and not
  /// throwing.
  void afterCommit(Runnable action);

  /// Runs `action` if this work is undone, in reverse order of registration, on the writer thread.
  ///
  /// For owners that keep in memory what they have just written.
  void afterRollback(Runnable action);
}
