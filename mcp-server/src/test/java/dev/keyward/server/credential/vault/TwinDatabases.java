package dev.keyward.server.credential.vault;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/// What a [VaultTwin] keeps of one database engine: connections and roles, and a real login at a
/// real PostgreSQL server for each lease. Pages "Database" and "PostgreSQL database plugin" of the
/// API documentation.
final class TwinDatabases {
  private final Map<String, JsonNode> settings = new HashMap<>();

  /// Takes `config/NAME` or `roles/NAME`.
  void put(String path, JsonNode body) {
    settings.put(path, body);
  }

  boolean has(String role) {
    return settings.containsKey("roles/" + role);
  }

  long ttl(String role) {
    return role(role).path("default_ttl").asLong(3600);
  }

  long maxTtl(String role) {
    return role(role).path("max_ttl").asLong(86_400);
  }

  void create(String role, String user, String password) throws SQLException {
    run(role, "creation_statements", user, password);
  }

  void drop(String role, String user) throws SQLException {
    run(role, "revocation_statements", user, "");
  }

  /// The JDBC driver takes no user in its URL.
  private static String jdbc(String url) {
    return "jdbc:" + url.replaceFirst("//[^@/]*@", "//");
  }

  private JsonNode role(String role) {
    return Objects.requireNonNull(settings.get("roles/" + role));
  }

  private void run(String role, String statements, String user, String password)
      throws SQLException {
    JsonNode connection = settings.get("config/" + role(role).path("db_name").asString(""));
    String url = Objects.requireNonNull(connection).path("connection_url").asString("");
    try (var as = DriverManager.getConnection(jdbc(url), "postgres", "");
        var statement = as.createStatement()) {
      for (JsonNode one : role(role).path(statements)) {
        statement.execute(
            one.asString("").replace("{{name}}", user).replace("{{password}}", password));
      }
    }
  }
}
