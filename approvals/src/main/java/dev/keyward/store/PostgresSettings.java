package dev.keyward.store;

import dev.keyward.redaction.Secret;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/// Where a PostgreSQL database is, and how to be let in.
///
/// @param address host, port, database and TLS
/// @param user the role; empty: the operating system's user
/// @param password absent where the server asks for none
/// @param writer under which name this process writes: one process at a time for each name
public record PostgresSettings(
    PostgresAddress address, Optional<String> user, Optional<Secret> password, String writer) {

  /// How the connection is protected.
  public enum Tls {
    /// Not at all: for loopback, or a network that is protected otherwise.
    DISABLE,
    /// Encrypted, but whoever answers is believed.
    REQUIRE,
    /// The server's certificate is checked, but not its name.
    VERIFY_CA,
    /// The server's certificate and its name are checked.
    VERIFY_FULL;

    /// {@return the word in settings and addresses, as libpq spells it}
    public String wire() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// Reads the word.
    ///
    /// @throws IllegalArgumentException if it is none of the four
    public static Tls parse(String word) {
      for (Tls tls : values()) {
        if (tls.wire().equals(word)) {
          return tls;
        }
      }
      throw new IllegalArgumentException(
          "must be one of disable, require, verify-ca and verify-full");
    }
  }

  /// The same database and role under another name.
  public PostgresSettings as(String anotherWriter) {
    return new PostgresSettings(address, user, password, anotherWriter);
  }

  /// The same with TLS as told.
  public PostgresSettings with(Tls tls, Optional<Path> ca) {
    return new PostgresSettings(address.with(tls, ca), user, password, writer);
  }
}
