package dev.keyward.server.audit;

import dev.keyward.store.StoreUnavailable;
import dev.keyward.store.Tx;
import java.sql.SQLException;
import java.util.Locale;

/// Triggers that refuse to change or delete records: a guard against accidents, not against whoever
/// owns the database. Written in each engine's own words, and put back at every start.
final class AuditGuard {
  private static final String SQLITE = "SQLite";
  private static final String POSTGRES = "PostgreSQL";

  private AuditGuard() {}

  static void install(Tx tx) {
    if (SQLITE.equals(engine(tx))) {
      sqlite(tx, "UPDATE");
      sqlite(tx, "DELETE");
    } else if (POSTGRES.equals(engine(tx)) && !guarded(tx)) {
      postgres(tx);
    }
  }

  /// Making a trigger waits for everybody who writes, so it is made only where it is missing.
  private static boolean guarded(Tx tx) {
    return tx.sql()
            .createQuery(
                "SELECT count(*) FROM pg_trigger WHERE tgrelid = 'audit_events'::regclass"
                    + " AND tgname IN ('audit_events_no_change', 'audit_events_no_truncate')"
                    + " AND tgenabled = 'O'")
            .mapTo(int.class)
            .one()
        == 2;
  }

  private static void postgres(Tx tx) {
    tx.lock("audit guard");
    tx.sql()
        .execute(
            """
            CREATE OR REPLACE FUNCTION audit_events_no_change() RETURNS trigger
            LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'audit records are never changed'; END $$""");
    tx.sql()
        .execute(
            "CREATE OR REPLACE TRIGGER audit_events_no_change BEFORE UPDATE OR DELETE"
                + " ON audit_events FOR EACH ROW EXECUTE FUNCTION audit_events_no_change()");
    tx.sql()
        .execute(
            "CREATE OR REPLACE TRIGGER audit_events_no_truncate BEFORE TRUNCATE"
                + " ON audit_events FOR EACH STATEMENT EXECUTE FUNCTION audit_events_no_change()");
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
