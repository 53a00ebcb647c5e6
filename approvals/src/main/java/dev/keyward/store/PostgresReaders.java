package dev.keyward.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.jdbi.v3.core.CloseException;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/// A pool of connections that only read, each unit of work in a transaction that sees one moment.
///
/// A read within a read goes on in the same transaction, so that it never waits for a second
/// connection while it holds one.
final class PostgresReaders implements AutoCloseable {
  private static final int CONNECTIONS = 8;
  private static final Duration WAIT = Duration.ofSeconds(3);

  private final HikariDataSource pool;
  private final Jdbi jdbi;
  private final ScopedValue<Handle> reading = ScopedValue.newInstance();

  PostgresReaders(PostgresServer server) {
    this.pool = new HikariDataSource(config(server));
    this.jdbi = JdbiSettings.on(Jdbi.create(pool));
  }

  /// Runs the unit on this thread, and settles it.
  void run(Unit<?> unit) {
    if (isCurrentThread()) {
      settle(unit, unit.run(reading.get(), PostgresDialect.INSTANCE));
      return;
    }
    try (Handle handle = jdbi.open()) {
      ScopedValue.where(reading, handle)
          .run(() -> settle(unit, unit.run(handle, PostgresDialect.INSTANCE)));
    } catch (ConnectionException | CloseException e) {
      if (!unit.done().isDone()) {
        unit.fail(new StoreUnavailable("database could not be read", e));
      }
    }
  }

  boolean isCurrentThread() {
    return reading.isBound();
  }

  @Override
  public void close() {
    pool.close();
  }

  private static void settle(Unit<?> unit, @Nullable Throwable thrown) {
    if (thrown == null) {
      unit.succeed();
      return;
    }
    Optional<SQLException> engine = PostgresServer.sqlException(thrown).filter(e -> !mine(e));
    unit.fail(
        engine.isPresent() && !(thrown instanceof StoreUnavailable)
            ? new StoreUnavailable("database could not be read", thrown)
            : thrown);
  }

  /// Whether the statement is to blame; one that writes is, too.
  private static boolean mine(SQLException e) {
    return PostgresServer.blameless(e) || PostgresServer.state(e).startsWith("25");
  }

  private static HikariConfig config(PostgresServer server) {
    var config = new HikariConfig();
    config.setDataSource(server.everyday("reader"));
    config.setPoolName("keyward-readers");
    config.setMaximumPoolSize(CONNECTIONS);
    config.setAutoCommit(false);
    config.setReadOnly(true);
    config.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
    config.setConnectionTimeout(WAIT.toMillis());
    config.setInitializationFailTimeout(-1);
    return config;
  }
}
