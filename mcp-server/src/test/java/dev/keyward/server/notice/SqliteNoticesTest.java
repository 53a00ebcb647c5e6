package dev.keyward.server.notice;

import dev.keyward.store.Database;
import dev.keyward.store.TestSqlite;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/// [NoticesContract] on SQLite.
final class SqliteNoticesTest extends NoticesContract {
  @TempDir private Path home;

  @Override
  Database open() {
    return TestSqlite.open(home.resolve("keyward.db"));
  }
}
