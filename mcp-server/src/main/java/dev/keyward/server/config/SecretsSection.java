package dev.keyward.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Reads the sections `secrets` and `commands` of the settings, whose shape the schema has checked.
final class SecretsSection {
  private static final int KEEP_HOURS = 24;
  private static final int TIMEOUT_SECONDS = 10;
  private static final int CACHE_SECONDS = 300;

  private SecretsSection() {}

  /// {@return the section `secrets`, or what counts where there is none}
  static SecretsSettings read(JsonNode secrets, Home home) {
    return new SecretsSettings(
        masterKey(secrets.path("master_key"), home),
        Duration.ofHours(secrets.path("keep_replaced_hours").asInt(KEEP_HOURS)));
  }

  /// {@return the programs of the section `commands`, by name}
  static Map<String, CommandSettings> commands(JsonNode commands) {
    Map<String, CommandSettings> byName = new HashMap<>();
    commands
        .properties()
        .forEach(
            command ->
                byName.put(
                    command.getKey(),
                    new CommandSettings(
                        program(command.getValue()),
                        Duration.ofSeconds(
                            command.getValue().path("cache_seconds").asInt(CACHE_SECONDS)))));
    return byName;
  }

  private static MasterKeyPlace masterKey(JsonNode key, Home home) {
    if (key.has("systemd_credential")) {
      return new MasterKeyPlace.SystemdCredential(key.get("systemd_credential").stringValue());
    }
    if (key.has("command")) {
      return new MasterKeyPlace.Printed(program(key.get("command")));
    }
    Path file =
        key.has("file") ? home.folder().resolve(key.get("file").stringValue()) : home.masterKey();
    Optional<String> variable =
        key.has("passphrase_env")
            ? Optional.of(key.get("passphrase_env").stringValue())
            : Optional.empty();
    return new MasterKeyPlace.InFile(file, variable);
  }

  private static ProgramSettings program(JsonNode program) {
    return new ProgramSettings(
        words(program.path("run")),
        words(program.path("environment")),
        Duration.ofSeconds(program.path("timeout_seconds").asInt(TIMEOUT_SECONDS)));
  }

  private static List<String> words(JsonNode list) {
    List<String> words = new ArrayList<>();
    list.forEach(word -> words.add(word.stringValue()));
    return words;
  }
}
