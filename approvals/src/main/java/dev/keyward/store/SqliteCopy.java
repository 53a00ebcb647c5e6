package dev.keyward.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;

/// Copies the database's file, as it is at one moment, also while a broker in another process
/// writes to it, which it does not hold up.
public final class SqliteCopy {
  private SqliteCopy() {}

  /// Copies `database` to the new file `into` (mode 0600) and waits until that is on disk.
  ///
  /// Copying the file by other means can miss what stands in its `-wal` file, or tear it.
  ///
  /// @throws StoreUnavailable if the database cannot be read
  /// @throws IOException if there is a file `into` already, or it cannot be written
  public static void copy(Path database, Path into) throws IOException {
    var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    Files.createFile(into, owner); // the engine would make it readable to others
    try (var connection = SqliteFile.at(database).reader();
        var vacuum = connection.prepareStatement("VACUUM INTO ?")) {
      vacuum.setString(1, into.toAbsolutePath().toString());
      vacuum.execute();
    } catch (SQLException e) {
      throw new StoreUnavailable("database could not be copied; is the disk full?", e);
    }
    try (var written = FileChannel.open(into, StandardOpenOption.WRITE)) {
      written.force(true);
    }
  }
}
