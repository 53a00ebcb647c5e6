package dev.keyward.store;

import org.jdbi.v3.core.Handle;

/// One unit of work in a transaction. Used by one thread, until its work returns.
public interface Tx {

  /// {@return the door to SQL; its transaction is not the caller's to commit, roll back or close}
  Handle sql();

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
