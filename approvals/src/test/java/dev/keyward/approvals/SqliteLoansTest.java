package dev.keyward.approvals;

import dev.keyward.store.Database;
import dev.keyward.store.SqliteDatabase;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class SqliteLoansTest extends LoansContract {
  @TempDir private Path folder;

  @Override
  Database open() {
    return SqliteDatabase.open(folder.resolve("keyward.db"));
  }
}
