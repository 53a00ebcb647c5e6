package dev.keyward.store;

import org.jdbi.v3.core.Handle;

/// Locks by name and notifications, both bound to the transaction.
final class PostgresDialect implements Dialect {
  static final PostgresDialect INSTANCE = new PostgresDialect();

  /// The channel of all hints.
  static final String CHANNEL = "keyward";

  private PostgresDialect() {}

  @Override
  public void lock(Handle sql, String name) {
    select(sql, "SELECT 1 FROM pg_advisory_xact_lock(hashtextextended(?, 0))", name);
  }

  @Override
  public void hint(Handle sql, String text) {
    select(sql, "SELECT 1 FROM pg_notify('" + CHANNEL + "', ?)", text);
  }

  private static void select(Handle sql, String statement, String value) {
    sql.select(statement, value).mapTo(int.class).one();
  }
}
