package dev.keyward.store;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.Pragma;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConfig.TempStore;
import org.sqlite.SQLiteDataSource;

/// The file beneath the database: opens connections to it, and notices when it is not there any
/// more.
///
/// SQLite itself goes on writing into a file that somebody has deleted or replaced, and reports
/// success.
///
/// @param path absolute
/// @param identity what the file system calls the file (device and inode), where it says so
record SqliteFile(Path path, Optional<Object> identity) {
  private static final int BUSY_TIMEOUT_MILLIS = 5_000;
  private static final int JOURNAL_LIMIT_BYTES = 64 << 20;

  /// Finds the file, or creates it for its owner's eyes only.
  static SqliteFile at(Path file) {
    Path path = file.toAbsolutePath();
    if (path.toString().indexOf('?') >= 0) {
      throw new StoreUnavailable("database path must not contain a question mark");
    }
    try {
      create(path);
      return new SqliteFile(path, identityOf(path));
    } catch (IOException e) {
      throw new StoreUnavailable("database file cannot be opened", e);
    }
  }

  /// The pragmas of every connection that writes. Not `synchronous=NORMAL`: it loses acknowledged
  /// commits on power loss.
  SQLiteDataSource forWriting() {
    var config = new SQLiteConfig();
    config.setJournalMode(JournalMode.WAL);
    config.setSynchronous(SynchronousMode.FULL);
    config.setGetGeneratedKeys(false); // the driver would ask for one after every insert
    config.setJournalSizeLimit(JOURNAL_LIMIT_BYTES);
    return source(config);
  }

  SQLiteDataSource forReading() {
    var config = new SQLiteConfig();
    config.setReadOnly(true);
    return source(config);
  }

  Connection writer() throws SQLException {
    return forWriting().getConnection();
  }

  Connection reader() throws SQLException {
    return forReading().getConnection();
  }

  /// Checks that the path still leads to the file that is open.
  ///
  /// @throws StoreUnavailable if it does not; then what was written since is lost
  void mustBeThere() {
    try {
      if (identityOf(path).equals(identity)) {
        return;
      }
    } catch (IOException e) {
      throw new StoreUnavailable("database file is gone", e);
    }
    throw new StoreUnavailable("database file has been replaced");
  }

  private SQLiteDataSource source(SQLiteConfig config) {
    config.enforceForeignKeys(true);
    config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
    config.setTempStore(TempStore.MEMORY);
    config.setPragma(Pragma.MMAP_SIZE, "0");
    var source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + path);
    return source;
  }

  private static void create(Path path) throws IOException {
    if (Files.exists(path)) {
      return;
    }
    boolean posix =
        Objects.requireNonNull(path.getParent())
            .getFileSystem()
            .supportedFileAttributeViews()
            .contains("posix");
    try {
      if (posix) {
        var owner =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Files.createFile(path, owner);
      } else {
        Files.createFile(path);
      }
    } catch (FileAlreadyExistsException _) {
      return; // created meanwhile
    }
  }

  private static Optional<Object> identityOf(Path path) throws IOException {
    return Optional.ofNullable(
        Files.readAttributes(path, BasicFileAttributes.class, new LinkOption[0]).fileKey());
  }
}
