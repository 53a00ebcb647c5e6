package dev.keyward.approvals;

import dev.keyward.store.Database;
import dev.keyward.store.PostgresDatabase;
import dev.keyward.store.TestPostgres;

final class PostgresApprovalsModelTest extends ApprovalsModelContract {
  @Override
  Database open() {
    return PostgresDatabase.open(TestPostgres.shared().database());
  }
}
