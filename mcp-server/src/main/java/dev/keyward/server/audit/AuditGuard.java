package dev.keyward.server.audit;

import dev.keyward.store.StoreUnavailable;
import dev.keyward.store.Tx;
import java.sql.SQLException;
import java.util.Locale;

/// Triggers that refuse to change or delete records: a guard against accidents, not against whoever
/// owns the database. Written in each engine's own words, and put back at every start.
final class AuditGuard {
  private static final String SQLITE = "SQLite";

  private AuditGuard() {}

  static void install(Tx tx) {
    if (SQLITE.equals(engine(tx))) {
      sqlite(tx, "UPDATE");
      sqlite(tx, "DELETE");
    }
  }

  private static void sqlite(Tx tx, String change) {
    tx.sql()
        .execute(
            "CREATE TRIGGER IF NOT EXISTS audit_events_no_"
                + change.toLowerCase(Locale.ROOT)
                + " BEFORE "
                + change
                + " ON audit_events BEGIN"
                + " SELECT RAISE(ABORT, 'audit records are never changed'); END");
  }

  private static String engine(Tx tx) {
    try {
      return tx.sql().getConnection().getMetaData().getDatabaseProductName();
    } catch (SQLException e) {
      throw new StoreUnavailable("the database does not say which engine it is", e);
    }
  }
}
