package dev.keyward.server.policy;

import dev.keyward.store.Database;
import dev.keyward.store.TestSqlite;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

final class SqliteHistoryTest extends HistoryContract {
  @TempDir private Path folder;

  @Override
  List<Database> open() {
    return List.of(TestSqlite.open(folder.resolve("keyward.db")));
  }
}
