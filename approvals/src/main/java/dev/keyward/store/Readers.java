package dev.keyward.store;

import java.sql.SQLException;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/// A few threads with read-only connections. Platform threads: SQLite's native calls pin virtual
/// ones.
final class Readers {
  private static final int THREADS = 4;

  private final SqliteFile file;
  private final Deque<SqliteConnection> idle = new ConcurrentLinkedDeque<>();
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS, ReaderThread::new);

  Readers(SqliteFile file) {
    this.file = file;
  }

  /// Runs the unit on a thread of this pool, or here if this is one, and settles it.
  void run(Unit<?> unit) {
    if (isCurrentThread()) {
      runHere(unit);
      return;
    }
    try {
      threads.execute(() -> runHere(unit));
    } catch (RejectedExecutionException _) {
      unit.fail(new StoreUnavailable("database is closed"));
    }
  }

  /// Runs the unit on this thread, which must be a platform thread, and settles it.
  void runHere(Unit<?> unit) {
    SqliteConnection connection;
    try {
      file.mustBeThere();
      connection = connection();
    } catch (StoreUnavailable e) {
      unit.fail(e);
      return;
    }
    @Nullable Throwable thrown = transact(unit, connection);
    if (connection.broken()) {
      connection.close();
      unit.fail(new StoreUnavailable("database could not be read", unknownUnless(thrown)));
      return;
    }
    idle.push(connection);
    if (thrown == null) {
      unit.succeed();
    } else {
      unit.fail(thrown);
    }
  }

  boolean isCurrentThread() {
    return Thread.currentThread() instanceof ReaderThread;
  }

  void close() {
    threads.close();
    for (var connection = idle.poll(); connection != null; connection = idle.poll()) {
      connection.close();
    }
  }

  private SqliteConnection connection() {
    SqliteConnection known = idle.poll();
    return known == null ? SqliteConnection.forReading(file) : known;
  }

  private static @Nullable Throwable transact(Unit<?> unit, SqliteConnection connection) {
    try {
      connection.begin();
      @Nullable Throwable thrown = connection.run(unit);
      connection.commit();
      return thrown;
    } catch (SQLException e) {
      connection.recover();
      return new StoreUnavailable("database could not be read", e);
    }
  }

  private static Throwable unknownUnless(@Nullable Throwable thrown) {
    return thrown == null ? new SQLException("the engine failed in a unit of work") : thrown;
  }

  private static final class ReaderThread extends Thread {
    ReaderThread(Runnable task) {
      super(task, "keyward-store-reader");
      setDaemon(true);
    }
  }
}
