package dev.keyward.server;

import dev.keyward.store.TestPostgres;

/// [TasksContract] on PostgreSQL.
final class PostgresTasksTest extends TasksContract {
  @Override
  String database() {
    return TestBroker.on(TestPostgres.shared().database());
  }
}
