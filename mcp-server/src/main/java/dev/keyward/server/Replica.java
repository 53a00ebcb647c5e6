package dev.keyward.server;

import dev.keyward.call.Hashes;
import dev.keyward.server.config.Config;
import dev.keyward.server.config.Home;
import java.net.InetAddress;
import java.net.UnknownHostException;

/// The name of one broker among those over the same database. It stays the same from start to start
/// of one home folder.
final class Replica {
  private static final String ALONE = "broker";
  private static final int DIGITS = 8;

  private Replica() {}

  /// {@return the configured name; else host name and a digest of the home's path, or `broker`
  /// where the home has a database to itself}
  static String of(Home home, Config config) {
    if (config.database().isEmpty()) {
      return ALONE;
    }
    return config
        .database()
        .get()
        .replica()
        .orElseGet(
            () -> host() + "-" + Hashes.sha256Hex(home.folder().toString()).substring(0, DIGITS));
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9._-]", "-");
    } catch (UnknownHostException e) {
      return "host";
    }
  }
}
