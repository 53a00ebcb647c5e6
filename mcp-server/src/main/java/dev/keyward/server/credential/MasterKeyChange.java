package dev.keyward.server.credential;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.function.Function;

/// A change of the master key in its file, which a crash at any step leaves complete or undone.
///
/// The new key is written beside the old one (`master.key.next`) and is on disk before the secrets
/// are sealed with it in one step; then its file takes the old one's place. So at every moment the
/// key that opens the secrets is in one of the two files, and [#settle] tells which.
final class MasterKeyChange {
  private final Path keyFile;
  private final Path next;
  private final Path secrets;
  private final Function<Path, MasterKey> read;
  private final DurableFile disk;

  /// @param read reads the key of a file
  MasterKeyChange(Path keyFile, Path secrets, Function<Path, MasterKey> read, DurableFile disk) {
    this.keyFile = keyFile;
    this.next = keyFile.resolveSibling(keyFile.getFileName() + ".next");
    this.secrets = secrets;
    this.read = read;
    this.disk = disk;
  }

  /// Seals `store` with `key`, and keeps `line` as the key file from then on.
  ///
  /// @throws UncheckedIOException if the disk fails; [#settle] then completes or undoes it
  void make(EncryptedFile store, MasterKey key, String line) {
    settle(); // an earlier one that failed in this process
    try {
      disk.writeNew(next, line.getBytes(StandardCharsets.US_ASCII));
      disk.syncFolder(next);
      store.rekey(key);
      finish();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Completes or undoes what a crash has left; to be called before the key is read.
  ///
  /// @throws UnusableFile if neither key has written the secrets; nothing is changed then
  void settle() {
    if (!Files.exists(next, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try {
      if (!Files.exists(secrets, LinkOption.NOFOLLOW_LINKS) || wrote(keyFile)) {
        Files.delete(next);
      } else if (wrote(next)) {
        finish();
      } else {
        throw new UnusableFile(
            secrets,
            "was written neither with " + keyFile + " nor with " + next + ", as far as they open");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void finish() throws IOException {
    disk.rename(next, keyFile);
    disk.syncFolder(keyFile);
  }

  /// A key file that cannot be read has written nothing: a crash may have cut it short.
  private boolean wrote(Path file) {
    try {
      return EncryptedFile.writtenWith(secrets, read.apply(file));
    } catch (UnusableFile e) {
      return false;
    }
  }
}
