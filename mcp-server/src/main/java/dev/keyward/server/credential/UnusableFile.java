package dev.keyward.server.credential;

import java.nio.file.Path;

/// A key file or secret file that must not be used as it stands; nothing has been changed in it.
///
/// The message is for the operator: it names the file and the rule, and holds nothing of the
/// content.
@SuppressWarnings("serial") // never serialized
public final class UnusableFile extends RuntimeException {
  UnusableFile(Path file, String rule) {
    super(file + " " + rule);
  }

  UnusableFile(Path file, String rule, Throwable cause) {
    super(file + " " + rule, cause);
  }
}
