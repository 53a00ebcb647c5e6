package dev.keyward.store;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// The one connection that writes, as [GroupCommit] uses it; for the writer thread alone.
///
/// It tells a statement that is wrong from an engine that cannot do its work.
interface WriterConnection extends AutoCloseable {
  /// Begins a transaction; connects first where there is no connection.
  void begin() throws SQLException;

  /// Makes the transaction durable. If it throws, nobody knows whether it is.
  void commit() throws SQLException;

  /// Marks the place to which [#undoToSavepoint] goes back.
  void savepoint() throws SQLException;

  /// Keeps what was done since the savepoint.
  void release() throws SQLException;

  /// Undoes what was done since the savepoint; the transaction goes on.
  void undoToSavepoint() throws SQLException;

  /// Does the unit's work and returns what it threw, if it threw.
  @Nullable Throwable run(Unit<?> unit);

  /// {@return whether the engine failed since the last [#recover]}
  boolean broken();

  /// {@return whether the last unit run met what another process holds, and is to be run again}
  boolean mustWait();

  /// Ends whatever transaction there is, and lets statements through again.
  void recover();

  @Override
  void close();
}
