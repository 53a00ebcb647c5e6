package dev.keyward.server.crash;

import dev.keyward.server.audit.Verification;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;

/// The database under the broker, as the suites need it.
interface Engine extends AutoCloseable {
  /// {@return its name, for the report}
  String name();

  /// {@return the lines of `config.yaml` that choose it}
  String settings();

  /// {@return a connection that knows nothing of the broker}
  Connection connect() throws SQLException;

  /// Verifies the audit offline, as `keyward audit verify` does.
  Verification verify() throws IOException;

  /// {@return whether it is a process of its own, which can be killed}
  default boolean isServer() {
    return false;
  }

  /// Kills the server as `kill -9` does.
  default void kill() throws Exception {
    throw new UnsupportedOperationException();
  }

  /// Starts it again at the same address.
  default void comeBack() {
    throw new UnsupportedOperationException();
  }

  @Override
  default void close() {}
}
