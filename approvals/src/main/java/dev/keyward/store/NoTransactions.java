package dev.keyward.store;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.transaction.TransactionHandler;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/// Keeps units of work from committing or undoing what is not theirs alone.
final class NoTransactions implements TransactionHandler {
  @Override
  public void begin(Handle handle) {
    throw refused();
  }

  @Override
  public void commit(Handle handle) {
    throw refused();
  }

  @Override
  public void rollback(Handle handle) {
    throw refused();
  }

  @Override
  public boolean isInTransaction(Handle handle) {
    return false; // as far as the handle's owner is concerned there is nothing to end
  }

  @Override
  public void savepoint(Handle handle, String name) {
    throw refused();
  }

  @Override
  public void rollbackToSavepoint(Handle handle, String name) {
    throw refused();
  }

  @Override
  public void releaseSavepoint(Handle handle, String name) {
    throw refused();
  }

  @Override
  public <R, X extends Exception> R inTransaction(Handle handle, HandleCallback<R, X> callback) {
    throw refused();
  }

  @Override
  public <R, X extends Exception> R inTransaction(
      Handle handle, TransactionIsolationLevel level, HandleCallback<R, X> callback) {
    throw refused();
  }

  private static IllegalStateException refused() {
    return new IllegalStateException("the transaction belongs to the database");
  }
}
