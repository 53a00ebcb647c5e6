package dev.keyward.server.credential;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// Writes a small file so that after a crash at any moment it is whole: the old one or the new one.
///
/// Files are readable by their owner only, from their first moment on.
interface DurableFile {
  /// The steps as the operating system offers them; tests stop between them.
  DurableFile REAL = new DurableFile() {};

  /// Writes a new file, which must not exist, and waits until it is on disk.
  static void create(Path file, byte[] content) throws IOException {
    REAL.writeNew(file, content);
    REAL.syncFolder(file);
  }

  /// Replaces `file`, or makes it: a temporary file beside it, its fsync, the rename, the folder's
  /// fsync, in this order.
  default void replace(Path file, byte[] content) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    Files.deleteIfExists(temporary); // left over from a crash
    try {
      writeNew(temporary, content);
      rename(temporary, file);
    } catch (IOException e) {
      Files.deleteIfExists(temporary); // on a full disk it would take up what room there is
      throw e;
    }
    syncFolder(file);
  }

  /// Writes `content` to a file that must not exist, mode 0600, and waits until it is on disk.
  default void writeNew(Path file, byte[] content) throws IOException {
    FileAttribute<Set<PosixFilePermission>> ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (var channel = FileChannel.open(file, options, ownerOnly)) {
      var left = ByteBuffer.wrap(content);
      while (left.hasRemaining()) {
        channel.write(left);
      }
      channel.force(true);
    }
  }

  /// Puts `temporary` in the place of `file` in one step.
  default void rename(Path temporary, Path file) throws IOException {
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /// Waits until the name of `file` is on disk.
  default void syncFolder(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
