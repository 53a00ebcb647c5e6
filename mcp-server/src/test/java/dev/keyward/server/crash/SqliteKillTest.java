package dev.keyward.server.crash;

import dev.keyward.server.config.Home;
import java.nio.file.Path;

/// The kills on SQLite.
final class SqliteKillTest extends KillContract {
  @Override
  Engine engine(Path folder, Home home) {
    return new SqliteEngine(home);
  }
}
