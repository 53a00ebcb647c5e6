package dev.keyward.store;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/// The database in one SQLite file: WAL, `synchronous=FULL`, one writer thread with group commit.
@SuppressWarnings("DoNotCallSuggester") // signatures first, for those who build on them
public final class SqliteDatabase implements Database {
  private SqliteDatabase() {}

  /// Opens the file, creating it where there is none, and migrates it.
  ///
  /// @throws StoreUnavailable if it cannot be opened, is damaged, or does not migrate
  public static SqliteDatabase open(Path file) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T> T write(Work<T> work) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T> CompletableFuture<T> submit(Work<T> work) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T> T read(Work<T> work) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
