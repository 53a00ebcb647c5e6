package dev.keyward.server.crash;

import dev.keyward.server.config.Home;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/// The kills on PostgreSQL, of the broker and of the server.
@Tag("crash")
final class PostgresKillTest extends KillContract {
  @Override
  Engine engine(Path folder, Home home) {
    return new PostgresEngine(home);
  }
}
