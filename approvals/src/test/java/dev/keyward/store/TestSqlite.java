package dev.keyward.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// SQLite files for tests: each is a copy of one that this process has migrated, since migrating
/// takes longer than most tests do.
public final class TestSqlite {
  private TestSqlite() {}

  /// Opens the database in `file`; where there is none, a migrated one without data.
  public static SqliteDatabase open(Path file) {
    place(file);
    return SqliteDatabase.open(file);
  }

  /// Makes a migrated database without data, where there is none.
  public static void place(Path file) {
    try {
      if (!Files.exists(file)) {
        Files.copy(Template.FILE, file, StandardCopyOption.COPY_ATTRIBUTES);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Template {
    static final Path FILE = migrated();

    private static Path migrated() {
      try {
        Path folder = Files.createTempDirectory("keyward-sqlite");
        Path file = folder.resolve("keyward.db");
        folder.toFile().deleteOnExit(); // the last one first
        file.toFile().deleteOnExit();
        SqliteDatabase.open(file).close();
        return file;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
