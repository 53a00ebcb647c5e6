package dev.keyward.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;

/// One connection with its handle, open for its whole life, used by one thread at a time.
///
/// It tells a statement that is wrong from an engine that cannot do its work. After the latter
/// SQLite may already have rolled back, and further statements would each commit by themselves, so
/// none is let through until [#recover].
final class SqliteConnection implements WriterConnection {
  private static final int PRIMARY_CODE = 0xff;

  /// What a statement can be blamed for; everything else is the engine's trouble.
  private static final Set<Integer> BLAMELESS =
      Set.of(
          SQLiteErrorCode.SQLITE_ERROR.code,
          SQLiteErrorCode.SQLITE_CONSTRAINT.code,
          SQLiteErrorCode.SQLITE_MISMATCH.code,
          SQLiteErrorCode.SQLITE_TOOBIG.code,
          SQLiteErrorCode.SQLITE_RANGE.code,
          SQLiteErrorCode.SQLITE_AUTH.code);

  private final SqliteFile file;
  private final Connection connection;
  private final boolean readOnly;
  private final ReusedStatements statements = new ReusedStatements(this::broken, this::notice);
  private final Handle handle;
  private Steps steps;
  private boolean broken;

  private SqliteConnection(SqliteFile file, Connection connection, boolean readOnly)
      throws SQLException {
    this.file = file;
    this.connection = connection;
    this.readOnly = readOnly;
    try (var pragma = connection.createStatement()) {
      pragma.execute("PRAGMA trusted_schema = OFF");
    }
    // Without this the driver tries BEGIN and COMMIT of its own after every statement. Not through
    // setAutoCommit(false), which begins at once.
    connection.unwrap(SQLiteConnection.class).getConnectionConfig().setAutoCommit(false);
    steps = Steps.of(connection, readOnly);
    handle = statements.handle(connection);
  }

  static SqliteConnection forWriting(SqliteFile file) {
    try {
      return new SqliteConnection(file, file.writer(), false);
    } catch (SQLException e) {
      throw new StoreUnavailable("database cannot be opened for writing", e);
    }
  }

  static SqliteConnection forReading(SqliteFile file) {
    try {
      return new SqliteConnection(file, file.reader(), true);
    } catch (SQLException e) {
      throw new StoreUnavailable("database cannot be opened for reading", e);
    }
  }

  @Override
  public @Nullable Throwable run(Unit<?> unit) {
    try {
      return unit.run(handle, Dialect.ALONE);
    } finally {
      statements.reclaim();
    }
  }

  @Override
  public boolean broken() {
    return broken;
  }

  /// Nobody else writes to this file.
  @Override
  public boolean mustWait() {
    return false;
  }

  @Override
  public void begin() throws SQLException {
    run(steps.begin);
  }

  @Override
  public void commit() throws SQLException {
    run(steps.commit);
    if (!readOnly) {
      file.mustBeThere();
    }
  }

  @Override
  public void savepoint() throws SQLException {
    run(steps.savepoint);
  }

  @Override
  public void release() throws SQLException {
    run(steps.release);
  }

  @Override
  public void undoToSavepoint() throws SQLException {
    run(steps.rollbackTo);
    run(steps.release);
  }

  /// The driver finalizes a statement that has failed, and says later only that it does not run, so
  /// whichever failed is prepared anew.
  @Override
  public void recover() {
    try (var rollback = connection.createStatement()) {
      rollback.execute("ROLLBACK");
    } catch (SQLException _) {
      // a full disk has rolled back already: "no transaction is active"
    }
    try {
      Steps fresh = Steps.of(connection, readOnly);
      steps.close();
      steps = fresh;
    } catch (SQLException _) {
      // then the next transaction fails with its first step, and comes here again
    }
    broken = false;
  }

  @Override
  public void close() {
    try {
      handle.close();
    } finally {
      try {
        connection.close();
      } catch (SQLException _) {
        // nothing is left to save: what was acknowledged is on disk
      }
    }
  }

  private void run(PreparedStatement statement) throws SQLException {
    try {
      statement.execute();
    } catch (SQLException e) {
      notice(e);
      throw e;
    }
  }

  private void notice(SQLException e) {
    int code = e.getErrorCode() & PRIMARY_CODE;
    boolean refusedWrite = readOnly && code == SQLiteErrorCode.SQLITE_READONLY.code;
    if (!BLAMELESS.contains(code) && !refusedWrite) {
      broken = true;
    }
  }

  /// The statements around units of work, prepared once.
  private record Steps(
      PreparedStatement begin,
      PreparedStatement commit,
      PreparedStatement savepoint,
      PreparedStatement release,
      PreparedStatement rollbackTo) {
    static Steps of(Connection connection, boolean readOnly) throws SQLException {
      return new Steps(
          connection.prepareStatement(readOnly ? "BEGIN" : "BEGIN IMMEDIATE"),
          connection.prepareStatement("COMMIT"),
          connection.prepareStatement("SAVEPOINT unit"),
          connection.prepareStatement("RELEASE unit"),
          connection.prepareStatement("ROLLBACK TO unit"));
    }

    void close() throws SQLException {
      for (PreparedStatement step : List.of(begin, commit, savepoint, release, rollbackTo)) {
        step.close();
      }
    }
  }
}
