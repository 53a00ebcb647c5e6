package dev.keyward.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.DefaultStatementBuilder;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jspecify.annotations.Nullable;

/// Keeps prepared statements for the next use of the same SQL; most of a short statement's cost is
/// preparing it.
///
/// One per connection, used by its thread alone. A statement in use is not in `idle`, so the same
/// SQL nested in itself gets a second one.
final class ReusedStatements extends DefaultStatementBuilder {
  private static final int MAX_IDLE = 256;
  private static final String NOT_REUSED = "";

  private final BooleanSupplier broken;
  private final Consumer<SQLException> failures;
  private final Map<String, PreparedStatement> idle = new LinkedHashMap<>();
  private final IdentityHashMap<Statement, String> lent = new IdentityHashMap<>();

  /// @param broken whether no statement may run at the moment
  /// @param failures is told what goes wrong in a statement
  ReusedStatements(BooleanSupplier broken, Consumer<SQLException> failures) {
    this.broken = broken;
    this.failures = failures;
  }

  /// {@return a handle on `connection` whose statements are reused, and whose exceptions do not
  /// hold the statements' arguments}
  Handle handle(Connection connection) {
    Jdbi jdbi = JdbiSettings.on(Jdbi.create(() -> connection));
    jdbi.setStatementBuilderFactory(_ -> this);
    jdbi.setSqlLogger(
        new SqlLogger() {
          @Override
          public void logException(StatementContext context, SQLException e) {
            failed(context.getStatement());
            failures.accept(e);
          }
        });
    return jdbi.open();
  }

  /// Runs a statement that changes rows, without Jdbi.
  ///
  /// @param values texts, whole numbers or nulls
  int update(Connection connection, String sql, @Nullable Object... values) {
    mustNotBeBroken();
    try {
      PreparedStatement known = idle.remove(sql);
      PreparedStatement statement = known == null ? connection.prepareStatement(sql) : known;
      lend(statement, sql);
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      int changed = statement.executeUpdate();
      close(connection, sql, statement);
      return changed;
    } catch (SQLException e) {
      failures.accept(e);
      throw new UnableToExecuteStatementException("a statement failed", e, null);
    }
  }

  @Override
  public PreparedStatement create(Connection connection, String sql, StatementContext context)
      throws SQLException {
    mustNotBeBroken();
    if (context.isReturningGeneratedKeys() || context.isConcurrentUpdatable()) {
      return lend(super.create(connection, sql, context), NOT_REUSED);
    }
    PreparedStatement known = idle.remove(sql);
    return lend(known == null ? connection.prepareStatement(sql) : known, sql);
  }

  /// Notes that a statement has failed, after which the driver may have finalized it.
  private void failed(@Nullable Statement statement) {
    if (statement != null) {
      lent.replace(statement, NOT_REUSED);
    }
  }

  /// Closes what a unit of work has left open. An open cursor would keep this moment's view of the
  /// data for the units that follow.
  void reclaim() {
    for (Statement statement : lent.keySet()) {
      try {
        statement.close();
      } catch (SQLException _) {
        // it is not used again either way
      }
    }
    lent.clear();
  }

  @Override
  public void close(Connection connection, String sql, Statement statement) throws SQLException {
    String reusable = lent.remove(statement);
    boolean keep =
        reusable != null
            && !reusable.equals(NOT_REUSED)
            && idle.size() < MAX_IDLE
            && !broken.getAsBoolean();
    if (keep && statement instanceof PreparedStatement prepared) {
      prepared.clearParameters();
      PreparedStatement twin = idle.put(reusable, prepared);
      if (twin != null) {
        twin.close();
      }
    } else {
      statement.close();
    }
  }

  @Override
  public void close(Connection connection) {
    idle.clear(); // the connection closes its statements
    lent.clear();
  }

  private void mustNotBeBroken() {
    if (broken.getAsBoolean()) {
      throw new StoreUnavailable("database failed earlier in this transaction");
    }
  }

  private PreparedStatement lend(PreparedStatement statement, String sql) {
    lent.put(statement, sql);
    return statement;
  }
}
