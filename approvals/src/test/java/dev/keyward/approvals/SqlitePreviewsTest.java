package dev.keyward.approvals;

import dev.keyward.store.Database;
import dev.keyward.store.TestSqlite;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class SqlitePreviewsTest extends PreviewsContract {
  @TempDir private Path folder;

  @Override
  Database open() {
    return TestSqlite.open(folder.resolve("keyward.db"));
  }
}
