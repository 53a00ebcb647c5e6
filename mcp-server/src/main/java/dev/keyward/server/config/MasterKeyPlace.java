package dev.keyward.server.config;

import java.nio.file.Path;
import java.util.Optional;

/// Where the master key is: `secrets.master_key` of the settings.
public sealed interface MasterKeyPlace {
  /// In a file.
  ///
  /// @param file the home folder's `master.key`, unless the settings name another
  /// @param passphraseVariable the environment variable that holds the passphrase of a locked file;
  ///   absent: somebody at the terminal is asked
  record InFile(Path file, Optional<String> passphraseVariable) implements MasterKeyPlace {}

  /// Systemd hands it over (`LoadCredential=`, `LoadCredentialEncrypted=`) under this name.
  record SystemdCredential(String name) implements MasterKeyPlace {}

  /// A program prints it.
  ///
  /// @param program what is run
  record Printed(ProgramSettings program) implements MasterKeyPlace {}
}
