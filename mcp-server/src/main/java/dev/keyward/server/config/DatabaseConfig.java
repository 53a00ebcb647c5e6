package dev.keyward.server.config;

import dev.keyward.redaction.Secret;
import dev.keyward.server.config.ConfigFile.Unusable;
import dev.keyward.store.PostgresAddress;
import dev.keyward.store.PostgresSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// A PostgreSQL database in place of the home's SQLite file.
///
/// @param user the role; absent: the address's, else the operating system's
/// @param password where the password is; absent where the server asks for none
/// @param replica the name of this broker among those over the database; absent: made from host and
///   home folder
/// @param goneAfter how long a sister may show no sign of life before what she left open is closed
public record DatabaseConfig(
    PostgresAddress address,
    Optional<String> user,
    Optional<PasswordPlace> password,
    Optional<String> replica,
    Duration goneAfter) {

  /// Where a password is; never the settings themselves.
  public sealed interface PasswordPlace {
    /// The first line of a file.
    record InFile(Path file) implements PasswordPlace {}

    /// An environment variable.
    record InVariable(String name) implements PasswordPlace {}
  }

  /// {@return how to connect, with the password as it is now}
  ///
  /// @param environment the process's variables
  /// @throws Unusable if there is no password where it should be
  public PostgresSettings settings(String writer, Map<String, String> environment) throws Unusable {
    Optional<Secret> secret =
        password.isEmpty() ? Optional.empty() : Optional.of(read(password.get(), environment));
    return new PostgresSettings(address, user, secret, writer);
  }

  private static Secret read(PasswordPlace place, Map<String, String> environment) throws Unusable {
    return switch (place) {
      case PasswordPlace.InFile(var file) -> firstLine(file);
      case PasswordPlace.InVariable(var name) -> {
        String value = environment.getOrDefault(name, "");
        if (value.isEmpty()) {
          throw new Unusable(
              "config.yaml, /database/password_env: the environment has no variable " + name);
        }
        yield Secret.of(value);
      }
    };
  }

  private static Secret firstLine(Path file) throws Unusable {
    try {
      String first = Files.readString(file).lines().findFirst().orElse("");
      if (first.isEmpty()) {
        throw new Unusable("config.yaml, /database/password_file: " + file + " is empty");
      }
      return Secret.of(first);
    } catch (IOException e) {
      throw new Unusable("config.yaml, /database/password_file: " + file + " cannot be read");
    }
  }
}
