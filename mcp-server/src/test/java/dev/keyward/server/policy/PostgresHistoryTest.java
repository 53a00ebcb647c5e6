package dev.keyward.server.policy;

import dev.keyward.store.Database;
import dev.keyward.store.PostgresDatabase;
import dev.keyward.store.PostgresSettings;
import dev.keyward.store.TestPostgres;
import java.util.List;

final class PostgresHistoryTest extends HistoryContract {
  private final PostgresSettings settings = TestPostgres.shared().database();

  @Override
  List<Database> open() {
    return List.of(PostgresDatabase.open(settings), PostgresDatabase.open(settings.as("sister")));
  }
}
