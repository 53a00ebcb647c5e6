package dev.keyward.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SqliteDatabaseTest extends DatabaseContract {
  private static final long NO_LIMIT = 1L << 30;
  private static final long ROOM_PAGES = 8;

  @TempDir private Path folder;

  @Override
  Database open() {
    return SqliteDatabase.open(folder.resolve("keyward.db"));
  }

  @Override
  long commits(Database database) {
    return ((SqliteDatabase) database).commits();
  }

  @Override
  void limitSpace(Database database) {
    database.write(tx -> cap(tx, pages(tx) + ROOM_PAGES));
  }

  @Override
  void freeSpace(Database database) {
    database.write(tx -> cap(tx, NO_LIMIT));
  }

  @ParameterizedTest
  @CsvSource({
    "journal_mode, wal",
    "synchronous, 2",
    "foreign_keys, 1",
    "busy_timeout, 5000",
    "trusted_schema, 0",
    "mmap_size, 0",
    "temp_store, 2",
    "journal_size_limit, 67108864"
  })
  void theWriterKeepsWhatIsAcknowledgedThroughPowerLoss(String pragma, String expected) {
    try (var database = SqliteDatabase.open(folder.resolve("other.db"))) {
      assertEquals(expected, database.write(tx -> pragma(tx, pragma)));
    }
  }

  @Test
  void onlyTheOwnerMayReadTheFile() throws IOException {
    Path file = folder.resolve("private.db");
    assumeTrue(file.getFileSystem().supportedFileAttributeViews().contains("posix"));

    SqliteDatabase.open(file).close();

    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  @Test
  void aDeletedFileTakesNoWritesAndAnswersNoReads() throws IOException {
    Path file = folder.resolve("deleted.db");
    try (var database = SqliteDatabase.open(file)) {
      Files.delete(file);

      assertThrows(StoreUnavailable.class, () -> database.write(SqliteDatabaseTest::pages));
      assertThrows(StoreUnavailable.class, () -> database.read(SqliteDatabaseTest::pages));
    }
  }

  @Test
  void aReplacedFileTakesNoWrites() throws IOException {
    Path file = folder.resolve("replaced.db");
    Path copy = folder.resolve("copy.db");
    try (var database = SqliteDatabase.open(file)) {
      Files.copy(file, copy);
      Files.move(copy, file, StandardCopyOption.REPLACE_EXISTING);

      assertThrows(StoreUnavailable.class, () -> database.write(SqliteDatabaseTest::pages));
    }
  }

  @Test
  void aFileThatIsNoDatabaseIsRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("text.db"), "this is text\n".repeat(100));

    assertThrows(StoreUnavailable.class, () -> SqliteDatabase.open(file));
  }

  @Test
  void aFolderThatIsNotThereIsRefused() {
    Path file = folder.resolve("missing").resolve("keyward.db");

    assertThrows(StoreUnavailable.class, () -> SqliteDatabase.open(file));
  }

  @Test
  void aPathCannotSmuggleSettings() {
    Path file = folder.resolve("keyward.db?synchronous=OFF");

    assertThrows(StoreUnavailable.class, () -> SqliteDatabase.open(file));
  }

  @Test
  void aDatabaseThatWasMigratedOtherwiseIsRefused() {
    Path file = folder.resolve("foreign.db");
    try (var database = SqliteDatabase.open(file)) {
      database.write(
          tx ->
              tx.sql()
                  .execute("UPDATE flyway_schema_history SET checksum = 1 WHERE version = '001'"));
      database.write(SqliteDatabaseTest::markOfAnother);
    }

    assertThrows(StoreUnavailable.class, () -> SqliteDatabase.open(file));
  }

  @Test
  void aDatabaseOfThisVeryVersionIsNotLookedThroughAgain() {
    Path file = folder.resolve("same.db");
    try (var database = SqliteDatabase.open(file)) {
      database.write(tx -> tx.sql().execute("DROP TABLE flyway_schema_history"));
    }

    SqliteDatabase.open(file).close();
  }

  @Test
  void aDatabaseWithAnotherVersionsMarkIsMigratedAndMarked() {
    Path file = folder.resolve("marked.db");
    SqliteDatabase.open(file).close();
    String mark;
    try (var database = SqliteDatabase.open(file)) {
      mark = database.read(tx -> pragma(tx, "user_version"));
      database.write(SqliteDatabaseTest::markOfAnother);
    }

    try (var database = SqliteDatabase.open(file)) {
      assertEquals(mark, database.read(tx -> pragma(tx, "user_version")));
    }
  }

  @Test
  void aDatabaseOfANewerProgramIsRefused() {
    Path file = folder.resolve("newer.db");
    try (var database = SqliteDatabase.open(file)) {
      database.write(
          tx ->
              tx.sql()
                  .execute(
                      """
                      INSERT INTO flyway_schema_history
                      SELECT 99, '999', 'later', type, 'V999__later.sql', 7, installed_by,
                        installed_on, execution_time, success
                      FROM flyway_schema_history WHERE version = '001'
                      """));
      database.write(SqliteDatabaseTest::markOfAnother);
    }

    var refused = assertThrows(StoreUnavailable.class, () -> SqliteDatabase.open(file));
    assertTrue(String.valueOf(refused.getMessage()).contains("newer Keyward"), refused::toString);
    assertTrue(String.valueOf(refused.getMessage()).contains("version 999"), refused::toString);
  }

  @Test
  void aStatementThatFailedWorksTheNextTime() {
    String absolute = "SELECT abs(?)";
    try (var database = SqliteDatabase.open(folder.resolve("failed.db"))) {
      assertThrows(
          RuntimeException.class,
          () ->
              database.write(
                  tx -> tx.sql().select(absolute, Long.MIN_VALUE).mapTo(Long.class).one()));

      long three = database.write(tx -> tx.sql().select(absolute, -3).mapTo(Long.class).one());

      assertEquals(3, three);
    }
  }

  @Test
  void foreignKeysHold() {
    try (var database = SqliteDatabase.open(folder.resolve("keys.db"))) {
      List<String> columns = List.of("apr", "1", "p", "r", "v", "", "0", "i", "s");

      assertThrows(
          RuntimeException.class,
          () ->
              database.write(
                  tx ->
                      tx.sql()
                          .execute(
                              "INSERT INTO approval_decisions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                              columns.toArray())));
    }
  }

  private static long pages(Tx tx) {
    return Long.parseLong(pragma(tx, "page_count"));
  }

  private static String cap(Tx tx, long pages) {
    return pragma(tx, "max_page_count = " + pages);
  }

  private static int markOfAnother(Tx tx) {
    return tx.sql().execute("PRAGMA user_version = 7");
  }

  private static String pragma(Tx tx, String pragma) {
    return tx.sql().select("PRAGMA " + pragma).mapTo(String.class).one();
  }
}
