package dev.keyward.approvals;

import dev.keyward.store.Database;
import dev.keyward.store.PostgresDatabase;
import dev.keyward.store.PostgresSettings;
import dev.keyward.store.TestPostgres;

final class PostgresPreviewsTest extends PreviewsContract {
  private final PostgresSettings settings = TestPostgres.shared().database();

  @Override
  Database open() {
    return PostgresDatabase.open(settings);
  }
}
