package dev.keyward.server.config;

import java.nio.file.Path;

/// The folder that holds everything of one broker; mode 0700.
///
/// @param folder absolute
public record Home(Path folder) {
  /// Makes the path absolute.
  public Home {
    folder = folder.toAbsolutePath().normalize();
  }

  /// {@return the settings}
  public Path config() {
    return folder.resolve("config.yaml");
  }

  /// {@return the key that every other key is derived from; mode 0600}
  public Path masterKey() {
    return folder.resolve("master.key");
  }

  /// {@return the folder of catalog files}
  public Path catalog() {
    return folder.resolve("catalog");
  }

  /// {@return the database}
  public Path database() {
    return folder.resolve("keyward.db");
  }

  /// {@return the encrypted secrets}
  public Path secrets() {
    return folder.resolve("secrets.json");
  }

  /// {@return the private half of the key that signs checkpoints; mode 0600}
  public Path auditKey() {
    return folder.resolve("audit.key");
  }

  /// {@return the public half, which an auditor needs}
  public Path auditPublicKey() {
    return folder.resolve("audit.pub");
  }

  /// {@return the Unix socket on which a running broker takes the operator's commands}
  public Path socket() {
    return folder.resolve("keyward.sock");
  }

  /// {@return the file whose lock says that a process uses this home, and which}
  public Path lock() {
    return folder.resolve("keyward.lock");
  }
}
