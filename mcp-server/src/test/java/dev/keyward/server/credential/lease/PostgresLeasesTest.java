package dev.keyward.server.credential.lease;

import dev.keyward.store.Database;
import dev.keyward.store.PostgresDatabase;
import dev.keyward.store.PostgresSettings;
import dev.keyward.store.TestPostgres;

/// [LeasesContract] on PostgreSQL.
final class PostgresLeasesTest extends LeasesContract {
  private final PostgresSettings settings = TestPostgres.shared().database();

  @Override
  Database database() {
    return PostgresDatabase.open(settings);
  }
}
