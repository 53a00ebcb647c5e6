package dev.keyward.server.config;

import dev.keyward.server.config.ConfigFile.BadValue;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Reads the section `vault` of the settings, whose shape the schema has checked.
final class VaultSection {
  private static final String SERVICE_ACCOUNT =
      "/var/run/secrets/kubernetes.io/serviceaccount/token";
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
        addresses(vault),
        text(vault, "namespace"),
        version1(vault),
        login(vault.get("auth"), identity(vault, home), home),
        identity(vault, home),
        text(vault, "ca_file").map(home.folder()::resolve),
        seconds(vault, "connect_timeout_seconds", CONNECT_SECONDS),
        seconds(vault, "request_timeout_seconds", REQUEST_SECONDS),
        seconds(vault, "cache_seconds", CACHE_SECONDS));
  }

  private static List<URI> addresses(JsonNode vault) {
    JsonNode stated = vault.get("address");
    if (stated.isString()) {
      return List.of(address(vault, stated, "/vault/address"));
    }
    List<URI> addresses = new ArrayList<>();
    stated.forEach(one -> addresses.add(address(vault, one, "/vault/address/" + addresses.size())));
    return addresses;
  }

  private static URI address(JsonNode vault, JsonNode stated, String field) {
    URI address = ConfigFile.origin(stated.stringValue(), field);
    boolean open = "http".equals(address.getScheme()) && !SafeUrl.loopback(address.getHost());
    if (open && !vault.path("allow_plain_http").asBoolean(false)) {
      throw new BadValue(
          field,
          "must be https: over plain http everybody on the way reads the token and the secrets"
              + " (allow_plain_http: true lifts this)");
    }
    return address;
  }

  private static Optional<ClientIdentity> identity(JsonNode vault, Home home) {
    if (vault.has("client_cert_file") != vault.has("client_key_file")) {
      throw new BadValue("/vault", "must have both client_cert_file and client_key_file, or none");
    }
    return text(vault, "client_cert_file")
        .map(
            certificate ->
                new ClientIdentity(
                    home.folder().resolve(certificate),
                    home.folder().resolve(vault.get("client_key_file").stringValue())));
  }

  private static VaultSettings.Login login(
      JsonNode auth, Optional<ClientIdentity> identity, Home home) {
    if (auth.has("token_file")) {
      return new VaultSettings.Login.TokenFile(
          home.folder().resolve(auth.get("token_file").stringValue()));
    }
    if (auth.has("token_env")) {
      return new VaultSettings.Login.TokenVariable(auth.get("token_env").stringValue());
    }
    if (auth.has("jwt")) {
      JsonNode jwt = auth.get("jwt");
      return jwt(jwt, "jwt", home.folder().resolve(jwt.get("jwt_file").stringValue()));
    }
    if (auth.has("kubernetes")) {
      JsonNode kubernetes = auth.get("kubernetes");
      String file = kubernetes.path("token_file").asString(SERVICE_ACCOUNT);
      return jwt(kubernetes, "kubernetes", home.folder().resolve(file));
    }
    if (auth.has("cert")) {
      if (identity.isEmpty()) {
        throw new BadValue("/vault/auth/cert", "needs client_cert_file and client_key_file");
      }
      JsonNode cert = auth.get("cert");
      return new VaultSettings.Login.Certificate(
          cert.path("mount").asString("cert"), text(cert, "role"));
    }
    JsonNode role = auth.get("approle");
    if (role.has("wrapped_secret_id_file") == role.has("secret_id_file")) {
      throw new BadValue(
          "/vault/auth/approle", "must have either secret_id_file or wrapped_secret_id_file");
    }
    if (role.has("wrapped_secret_id_file")) {
      return new VaultSettings.Login.WrappedAppRole(
          role.path("mount").asString("approle"),
          role.get("role_id").stringValue(),
          home.folder().resolve(role.get("wrapped_secret_id_file").stringValue()));
    }
    return new VaultSettings.Login.AppRole(
        role.path("mount").asString("approle"),
        role.get("role_id").stringValue(),
        home.folder().resolve(role.get("secret_id_file").stringValue()));
  }

  private static VaultSettings.Login.Jwt jwt(JsonNode in, String method, Path file) {
    return new VaultSettings.Login.Jwt(
        in.path("mount").asString(method), in.get("role").stringValue(), file);
  }

  private static Set<String> version1(JsonNode vault) {
    Set<String> mounts = new HashSet<>();
    vault.path("kv_version_1").forEach(mount -> mounts.add(mount.stringValue()));
    return mounts;
  }

  private static Optional<String> text(JsonNode in, String field) {
    return in.has(field) ? Optional.of(in.get(field).stringValue()) : Optional.empty();
  }

  private static Duration seconds(JsonNode in, String field, int otherwise) {
    return Duration.ofSeconds(in.path(field).asInt(otherwise));
  }
}
