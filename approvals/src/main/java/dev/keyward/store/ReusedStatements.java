package dev.keyward.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jdbi.v3.core.statement.DefaultStatementBuilder;
import org.jdbi.v3.core.statement.StatementContext;

/// Keeps prepared statements for the next use of the same SQL; most of a short statement's cost is
/// preparing it.
///
/// One per connection, used by its thread alone. A statement in use is not in `idle`, so the same
/// SQL nested in itself gets a second one.
final class ReusedStatements extends DefaultStatementBuilder {
  private static final int MAX_IDLE = 256;

  private final BooleanSupplier broken;
  private final Map<String, PreparedStatement> idle = new LinkedHashMap<>();
  private final IdentityHashMap<Statement, String> lent = new IdentityHashMap<>();

  /// @param broken whether no statement may run at the moment
  ReusedStatements(BooleanSupplier broken) {
    this.broken = broken;
  }

  @Override
  public PreparedStatement create(Connection connection, String sql, StatementContext context)
      throws SQLException {
    if (broken.getAsBoolean()) {
      throw new StoreUnavailable("database failed earlier in this transaction");
    }
    if (context.isReturningGeneratedKeys() || context.isConcurrentUpdatable()) {
      return super.create(connection, sql, context);
    }
    PreparedStatement known = idle.remove(sql);
    PreparedStatement statement = known == null ? connection.prepareStatement(sql) : known;
    lent.put(statement, sql);
    return statement;
  }

  @Override
  public void close(Connection connection, String sql, Statement statement) throws SQLException {
    String reusable = lent.remove(statement);
    boolean keep = reusable != null && idle.size() < MAX_IDLE && !broken.getAsBoolean();
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
}
