package dev.keyward.approvals.web;

import dev.keyward.store.Database;
import dev.keyward.store.TestSqlite;
import java.nio.file.Path;

final class SqlitePeopleTest extends PeopleContract {
  @Override
  Database open(Path folder) {
    return TestSqlite.open(folder.resolve("keyward.db"));
  }
}
