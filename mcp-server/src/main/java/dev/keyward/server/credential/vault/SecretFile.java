package dev.keyward.server.credential.vault;

import dev.keyward.redaction.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.regex.Pattern;

/// A token or a secret id in a file that somebody else may replace at any time.
final class SecretFile {
  private static final Pattern SENDABLE = Pattern.compile("[!-~]{1,8192}");
  private static final long MOST_BYTES = 64 << 10;

  private SecretFile() {}

  /// {@return the file's one word, without the white space around it}
  ///
  /// @throws NoAnswer if the file cannot be read, or holds no word that a header can carry
  static Secret read(Path file) throws NoAnswer {
    String text;
    try {
      text = Files.size(file) > MOST_BYTES ? "" : Files.readString(file).strip();
    } catch (IOException e) {
      throw new NoAnswer(file + " cannot be read");
    }
    if (!sendable(text)) {
      throw new NoAnswer(file + " must hold one token or secret id and nothing else");
    }
    return Secret.of(text);
  }

  /// {@return whether a header can carry `text`}
  static boolean sendable(String text) {
    return SENDABLE.matcher(text).matches();
  }

  /// {@return when the file was last changed, or empty if that cannot be told}
  static Optional<FileTime> changed(Path file) {
    try {
      return Optional.of(Files.getLastModifiedTime(file));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /// {@return whether every user of this machine may read the file}
  static boolean openToAll(Path file) {
    try {
      return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }
}
