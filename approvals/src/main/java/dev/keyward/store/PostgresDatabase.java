package dev.keyward.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// The database on a PostgreSQL server (14 or later), which several processes share: one writer
/// connection with group commit, a pool of connections that read, one that listens for hints.
///
/// Without the server every unit fails with [StoreUnavailable], and it goes on when the server is
/// back. A commit whose answer was lost counts as failed, although it may have happened. Connect
/// directly, not through a pooler in transaction mode: sessions hold locks and listen.
public final class PostgresDatabase implements Database {
  private static final Duration PREDECESSOR = Duration.ofSeconds(30);
  private static final int PER_MAJOR = 10_000;

  private final GroupCommit writer;
  private final PostgresReaders readers;
  private final PostgresHints hints;

  private PostgresDatabase(GroupCommit writer, PostgresReaders readers, PostgresHints hints) {
    this.writer = writer;
    this.readers = readers;
    this.hints = hints;
  }

  /// Connects, and migrates.
  ///
  /// @throws StoreUnavailable if there is no connection, the server is too old, the tables do not
  ///   migrate, or another process has written under the same name for half a minute; the message
  ///   is a sentence for the operator
  public static PostgresDatabase open(PostgresSettings settings) {
    return open(settings, PREDECESSOR);
  }

  static PostgresDatabase open(PostgresSettings settings, Duration predecessor) {
    var server = new PostgresServer(settings);
    mustBeNewEnough(server);
    Migrations.apply(server.source("migrations"));
    var connection = new PostgresWriter(server);
    connection.connect(predecessor);
    var writer = new GroupCommit(connection, new SplittableRandom());
    writer.start();
    var hints = new PostgresHints(server);
    hints.start();
    return new PostgresDatabase(writer, new PostgresReaders(server), hints);
  }

  /// Opens a connection that only reads and sees one moment; nothing is migrated. The caller closes
  /// it.
  ///
  /// @throws StoreUnavailable if there is no connection; the message is a sentence for the operator
  public static Connection snapshot(PostgresSettings settings) {
    var server = new PostgresServer(settings);
    try {
      Connection connection = server.source("snapshot").getConnection();
      connection.setReadOnly(true);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      connection.setAutoCommit(false);
      return connection;
    } catch (SQLException e) {
      throw new StoreUnavailable(server.complaint(e), e);
    }
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
    readers.run(unit);
    return Outcome.of(unit.done());
  }

  @Override
  public boolean shared() {
    return true;
  }

  @Override
  public void onHint(Consumer<String> listener) {
    hints.add(listener);
  }

  @Override
  public void close() {
    mustNotWaitForItself();
    writer.close();
    hints.close();
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

  private static void mustBeNewEnough(PostgresServer server) {
    try (var connection = server.everyday("start").getConnection();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SHOW server_version_num")) {
      rows.next();
      int major = rows.getInt(1) / PER_MAJOR;
      if (major < PostgresServer.OLDEST) {
        throw new StoreUnavailable(
            "the database is PostgreSQL "
                + major
                + ": Keyward needs "
                + PostgresServer.OLDEST
                + " or later");
      }
    } catch (SQLException e) {
      throw new StoreUnavailable(server.complaint(e), e);
    }
  }
}
