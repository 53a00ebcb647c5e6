package dev.keyward.store;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.ds.PGSimpleDataSource;

/// The writer's connection to PostgreSQL: made when it is needed, given up when the engine fails.
///
/// While it is open it holds a lock with the writer's name. A new connection is used only once it
/// has that lock, so that whatever the one before it had under way is decided by then: committed
/// and visible, or gone. The first unit of a transaction needs no savepoint, as there is nothing
/// else to undo with it.
final class PostgresWriter implements WriterConnection {
  private static final Logger LOG = System.getLogger(PostgresWriter.class.getName());
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final Duration LOCK_WAIT = Duration.ofSeconds(2);
  private static final Duration LOCK_RETRY = Duration.ofMillis(50);
  private static final String LOCK = "pg_try_advisory_lock(hashtextextended('writer ' || ?, 0))";

  /// Ends the backend that holds the writer's lock, if it is the one that this process had before.
  private static final String END_EARLIER =
      """
      SELECT pg_terminate_backend(pid) FROM pg_locks
      WHERE locktype = 'advisory' AND objsubid = 1 AND granted AND pid = ?
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND (classid::bigint << 32) + objid::bigint = hashtextextended('writer ' || ?, 0)""";

  private final PostgresServer server;
  private final PGSimpleDataSource source;
  private @Nullable Open open;
  private int earlier; // the process at the server that served the connection before; 0: none
  private long failedAt;
  private boolean failed;
  private boolean broken;
  private @Nullable SQLException wrong; // of the unit that runs
  private boolean mustWait;
  private int units; // of this transaction, without the one that runs
  private boolean savepoint; // there is one to release

  /// A connection with what belongs to it.
  private record Open(Connection connection, ReusedStatements statements, Handle handle) {}

  PostgresWriter(PostgresServer server) {
    this.server = server;
    this.source = server.everyday("writer");
  }

  /// Connects, waiting for another process of the same writer's name to end.
  ///
  /// @throws StoreUnavailable if it does not within `atMost`, or there is no connection
  void connect(Duration atMost) {
    try {
      open = connected(atMost);
    } catch (SQLException e) {
      throw new StoreUnavailable(server.complaint(e), e);
    }
  }

  @Override
  public void begin() throws SQLException {
    units = 0;
    savepoint = false;
    if (open != null) {
      return; // the driver begins with the first statement
    }
    if (failed && System.nanoTime() - failedAt < PAUSE.toNanos()) {
      throw new SQLException("the last attempt to connect failed just now");
    }
    try {
      open = connected(LOCK_WAIT);
      failed = false;
      LOG.log(Level.INFO, "the database is back");
    } catch (SQLException | StoreUnavailable e) {
      failed = true;
      failedAt = System.nanoTime();
      throw e;
    }
  }

  @Override
  public void commit() throws SQLException {
    now().connection.commit();
  }

  @Override
  public void savepoint() throws SQLException {
    wrong = null;
    mustWait = false;
    if (units > 0) {
      execute(savepoint ? "RELEASE SAVEPOINT unit; SAVEPOINT unit" : "SAVEPOINT unit");
      savepoint = true;
    }
  }

  @Override
  public void release() {
    units++; // the savepoint itself is released with the next statement, or by COMMIT
  }

  @Override
  public void undoToSavepoint() throws SQLException {
    if (units == 0) {
      now().connection.rollback();
    } else {
      execute("ROLLBACK TO SAVEPOINT unit");
    }
  }

  @Override
  public @Nullable Throwable run(Unit<?> unit) {
    Open used = now();
    try {
      Throwable thrown = unit.run(used.handle, PostgresDialect.INSTANCE);
      boolean hidden = thrown == null && wrong != null;
      return hidden ? new IllegalStateException("a unit hid a failed statement", wrong) : thrown;
    } finally {
      used.statements.reclaim();
    }
  }

  @Override
  public boolean broken() {
    return broken;
  }

  @Override
  public boolean mustWait() {
    return mustWait;
  }

  /// Gives the connection up: after a failure nobody knows in which state it is.
  @Override
  public void recover() {
    Open given = open;
    open = null;
    broken = false;
    if (given != null) {
      close(given);
    }
  }

  @Override
  public void close() {
    recover();
  }

  private Open now() {
    if (open == null) {
      throw new IllegalStateException("no transaction has begun");
    }
    return open;
  }

  private void execute(String sql) throws SQLException {
    try (var statement = now().connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private Open connected(Duration atMost) throws SQLException {
    Connection connection = source.getConnection();
    try {
      mustBeMine(connection, atMost);
      durable(connection);
      connection.setAutoCommit(false);
      earlier = connection.unwrap(PGConnection.class).getBackendPID();
      var statements = new ReusedStatements(this::broken, this::notice);
      return new Open(connection, statements, statements.handle(connection));
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private void mustBeMine(Connection connection, Duration atMost) throws SQLException {
    long end = System.nanoTime() + atMost.toNanos();
    String writer = server.settings().writer();
    endEarlier(connection, writer);
    while (!holds(connection, writer)) {
      if (System.nanoTime() > end) {
        throw new StoreUnavailable(
            "another broker writes to this database under the name "
                + writer
                + ": each needs a name of its own (database.replica in config.yaml)");
      }
      pause();
    }
  }

  private void endEarlier(Connection connection, String writer) throws SQLException {
    if (earlier == 0) {
      return;
    }
    try (var query = connection.prepareStatement(END_EARLIER)) {
      query.setInt(1, earlier);
      query.setString(2, writer);
      query.execute();
    }
  }

  private static boolean holds(Connection connection, String writer) throws SQLException {
    try (var query = connection.prepareStatement("SELECT " + LOCK)) {
      query.setString(1, writer);
      try (var rows = query.executeQuery()) {
        return rows.next() && rows.getBoolean(1);
      }
    }
  }

  /// A server may be set to acknowledge what is not yet on disk; for this session it is not.
  private static void durable(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(
          "SELECT set_config('synchronous_commit', 'on', false)"
              + " WHERE current_setting('synchronous_commit') = 'off'");
    }
  }

  private static void pause() {
    try {
      Thread.sleep(LOCK_RETRY);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailable("interrupted while waiting for the database", e);
    }
  }

  private void notice(SQLException e) {
    if (wrong == null) {
      wrong = e;
      mustWait = PostgresServer.inTheWay(e);
    }
    boolean aborted = PostgresServer.state(e).equals("25P02"); // for what went wrong before
    if (!aborted && !PostgresServer.blameless(e)) {
      broken = true;
    }
  }

  private static void close(Open given) {
    try {
      given.handle.close();
    } finally {
      quietly(given.connection);
    }
  }

  private static void quietly(Connection connection) {
    try {
      connection.close();
    } catch (SQLException _) {
      // it is not used again either way
    }
  }
}
