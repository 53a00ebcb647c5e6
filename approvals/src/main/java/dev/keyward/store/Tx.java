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

  /// Waits until no unit of any process that has locked `name` is still under way, and keeps others
  /// waiting until this one is durable or undone.
  ///
  /// What is read after it is what the one before has committed. Where one process has the database
  /// to itself, units run one after another anyhow, and this does nothing. A unit that locks more
  /// than one name locks the wider one first.
  void lock(String name);

  /// Tells [Database#onHint] of every process, this one included, once this work is durable. A hint
  /// may be lost; what it hints at has to be read again anyhow.
  ///
  /// @param text a few words, without secrets
  void hint(String text);

  /// Runs `action` after this work has become durable, on the writer thread: quick, and not
  /// throwing.
  void afterCommit(Runnable action);

  /// Runs `action` if this work is undone, in reverse order of registration, on the writer thread.
  ///
  /// For owners that keep in memory what they have just written.
  void afterRollback(Runnable action);
}
