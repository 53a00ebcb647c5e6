package dev.keyward.approvals.web;

import dev.keyward.store.Database;
import dev.keyward.store.PostgresDatabase;
import dev.keyward.store.TestPostgres;
import java.nio.file.Path;

final class PostgresPeopleTest extends PeopleContract {
  @Override
  Database open(Path folder) {
    return PostgresDatabase.open(TestPostgres.shared().database());
  }
}
