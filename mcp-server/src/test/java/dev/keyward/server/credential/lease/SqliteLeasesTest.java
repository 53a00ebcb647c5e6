package dev.keyward.server.credential.lease;

import dev.keyward.store.Database;
import dev.keyward.store.TestSqlite;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/// [LeasesContract] on SQLite.
final class SqliteLeasesTest extends LeasesContract {
  @TempDir static Path folder;

  @Override
  Database database() {
    return TestSqlite.open(folder.resolve("keyward.db"));
  }
}
