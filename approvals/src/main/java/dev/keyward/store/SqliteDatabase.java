package dev.keyward.store;

import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/// The database in one SQLite file: WAL, `synchronous=FULL`, one writer thread with group commit, a
/// few reader threads.
///
/// A second process on the same file is not kept out here. Units of work may read but not write
/// through the database again: the writer would wait for itself.
public final class SqliteDatabase implements Database {
  private final GroupCommit writer;
  private final Readers readers;

  private SqliteDatabase(GroupCommit writer, Readers readers) {
    this.writer = writer;
    this.readers = readers;
  }

  /// Opens the file, creating it (mode 0600) where there is none, and migrates it.
  ///
  /// @throws StoreUnavailable if it cannot be opened, is no database, or does not migrate
  public static SqliteDatabase open(Path path) {
    SqliteFile file = SqliteFile.at(path);
    Migrations.applyOnce(file.forWriting());
    var writer = new GroupCommit(SqliteConnection.forWriting(file), new SplittableRandom());
    writer.start();
    return new SqliteDatabase(writer, new Readers(file));
  }

  @Override
  public <T> T write(Work<T> work) {
    mustNotWaitForItself();
    return Outcome.of(writer.submit(work));
  }

  @Override
  public <T> CompletableFuture<T> submit(Work<T> work) {
    return writer.submit(work);
  }

  @Override
  public <T> CompletableFuture<T> submitPatiently(Work<T> work) {
    return writer.submitPatiently(work);
  }

  @Override
  public <T> T read(Work<T> work) {
    var unit = new Unit<T>(work);
    if (writer.isCurrentThread()) {
      readers.runHere(unit);
    } else {
      readers.run(unit);
    }
    return Outcome.of(unit.done());
  }

  @Override
  public void close() {
    mustNotWaitForItself();
    writer.close();
    readers.close();
  }

  /// {@return how many transactions the writer has committed; many units share one}
  long commits() {
    return writer.commits();
  }

  private void mustNotWaitForItself() {
    if (writer.isCurrentThread() || readers.isCurrentThread()) {
      throw new IllegalStateException("a unit of work must not wait for another that writes");
    }
  }
}
