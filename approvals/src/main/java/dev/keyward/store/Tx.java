package dev.keyward.store;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// One unit of work in a transaction. Used by one thread, until its work returns.
public interface Tx {

  /// {@return the door to SQL; its transaction is not the caller's to commit, roll back or close}
  Handle sql();

  /// Runs a statement that changes rows, with a `?` for each of `values`, which are texts, whole
  /// numbers or null. It does what [#sql] would do at a fraction of the cost, for the few
  /// statements that run with every call.
  ///
  /// @return how many rows it changed
  default int update(String statement, @Nullable Object... values) {
    return sql().execute(statement, values);
  }

  /// Runs `action` after this work has become durable, on the writer thread: quick, and not
  /// throwing.
  void afterCommit(Runnable action);

  /// Runs `action` if this work is undone, in reverse order of registration, on the writer thread.
  ///
  /// For owners that keep in memory what they have just written.
  void afterRollback(Runnable action);
}
