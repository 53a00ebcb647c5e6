package dev.keyward.server.notice;

import dev.keyward.store.Database;
import dev.keyward.store.PostgresDatabase;
import dev.keyward.store.TestPostgres;

/// [NoticesContract] on PostgreSQL.
final class PostgresNoticesTest extends NoticesContract {
  @Override
  Database open() {
    return PostgresDatabase.open(TestPostgres.shared().database());
  }
}
