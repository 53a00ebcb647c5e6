package dev.keyward.server.crash;

import dev.keyward.server.config.Home;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/// The kills on SQLite.
@Tag("crash")
final class SqliteKillTest extends KillContract {
  @Override
  Engine engine(Path folder, Home home) {
    return new SqliteEngine(home);
  }
}
