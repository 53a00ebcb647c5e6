package dev.keyward.server;

import dev.keyward.store.TestPostgres;

/// [SettleContract] on PostgreSQL.
final class PostgresSettleTest extends SettleContract {
  @Override
  String database() {
    return TestBroker.on(TestPostgres.shared().database());
  }
}
