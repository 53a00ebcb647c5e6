package dev.keyward.server.config;

import dev.keyward.server.config.ConfigFile.BadValue;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Reads the section `vault` of the settings, whose shape the schema has checked.
final class VaultSection {
  private static final int CONNECT_SECONDS = 3;
  private static final int REQUEST_SECONDS = 5;
  private static final int CACHE_SECONDS = 60;

  private VaultSection() {}

  /// {@return the section, or empty where there is none}
  ///
  /// @throws BadValue if a value breaks a rule that the schema cannot state
  static Optional<VaultSettings> read(JsonNode vault, Home home) {
    return vault.isObject() ? Optional.of(section(vault, home)) : Optional.empty();
  }

  private static VaultSettings section(JsonNode vault, Home home) {
    return new VaultSettings(
        address(vault),
        text(vault, "namespace"),
        login(vault.get("auth"), home),
        text(vault, "ca_file").map(home.folder()::resolve),
        seconds(vault, "connect_timeout_seconds", CONNECT_SECONDS),
        seconds(vault, "request_timeout_seconds", REQUEST_SECONDS),
        seconds(vault, "cache_seconds", CACHE_SECONDS));
  }

  private static URI address(JsonNode vault) {
    URI address = ConfigFile.origin(vault.get("address").stringValue(), "/vault/address");
    boolean open = "http".equals(address.getScheme()) && !SafeUrl.loopback(address.getHost());
    if (open && !vault.path("allow_plain_http").asBoolean(false)) {
      throw new BadValue(
          "/vault/address",
          "must be https: over plain http everybody on the way reads the token and the secrets"
              + " (allow_plain_http: true lifts this)");
    }
    return address;
  }

  private static VaultSettings.Login login(JsonNode auth, Home home) {
    if (auth.has("token_file")) {
      return new VaultSettings.Login.TokenFile(
          home.folder().resolve(auth.get("token_file").stringValue()));
    }
    if (auth.has("token_env")) {
      return new VaultSettings.Login.TokenVariable(auth.get("token_env").stringValue());
    }
    JsonNode role = auth.get("approle");
    return new VaultSettings.Login.AppRole(
        role.path("mount").asString("approle"),
        role.get("role_id").stringValue(),
        home.folder().resolve(role.get("secret_id_file").stringValue()));
  }

  private static Optional<String> text(JsonNode in, String field) {
    return in.has(field) ? Optional.of(in.get(field).stringValue()) : Optional.empty();
  }

  private static Duration seconds(JsonNode in, String field, int otherwise) {
    return Duration.ofSeconds(in.path(field).asInt(otherwise));
  }
}
