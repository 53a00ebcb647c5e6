package dev.keyward.server.credential.vault;

import dev.keyward.server.config.TrustedAuthorities;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// Whoever runs a Vault: sets up what a test needs, over the documented API and nothing else.
public final class VaultAdmin {
  private final HttpClient http;
  private final URI address;
  private final String token;
  private final String namespace;

  /// Works at `address` with a token that may do everything.
  public VaultAdmin(URI address, String token, Optional<Path> ca) {
    this(
        HttpClient.newBuilder().sslContext(TrustedAuthorities.of(ca, "ca")).build(),
        address,
        token,
        "");
  }

  private VaultAdmin(HttpClient http, URI address, String token, String namespace) {
    this.http = http;
    this.address = address;
    this.token = token;
    this.namespace = namespace;
  }

  /// What came back.
  public record Answer(int status, JsonNode body) {}

  /// {@return the same in a namespace}
  public VaultAdmin in(String inner) {
    return new VaultAdmin(http, address, token, inner);
  }

  /// Mounts a KV version 2 engine, which a server needs a moment for: until then it answers 400.
  public void mount(String at) {
    need("POST", "sys/mounts/" + at, "{\"type\":\"kv\",\"options\":{\"version\":\"2\"}}");
    int status = 400;
    for (int tries = 0; tries < 1000 && status == 400; tries++) {
      status = ask("GET", at + "/config", "").status();
    }
  }

  /// Writes a version of a secret with one field.
  public void write(String mount, String path, String field, String value) {
    JsonNode fields = JsonNodeFactory.instance.objectNode().put(field, value);
    JsonNode body = JsonNodeFactory.instance.objectNode().set("data", fields);
    need("POST", mount + "/data/" + path, body.toString());
  }

  /// Lets holders of `policy` read what begins with `path`.
  public void policy(String policy, String path) {
    String rule = "path \"" + path + "*\" { capabilities = [\"read\"] }";
    JsonNode body = JsonNodeFactory.instance.objectNode().put("policy", rule);
    need("POST", "sys/policies/acl/" + policy, body.toString());
  }

  /// Lets holders of `policy` do what `rules` says.
  public void rules(String policy, String rules) {
    JsonNode body = JsonNodeFactory.instance.objectNode().put("policy", rules);
    need("POST", "sys/policies/acl/" + policy, body.toString());
  }

  /// Mounts a database engine with one role, `reader`, whose logins read every table of a database;
  /// dropping one ends its sessions.
  ///
  /// @param at for example `127.0.0.1:5432/orders`
  public void database(String mount, String at, int ttl, int maxTtl) {
    need("POST", "sys/mounts/" + mount, "{\"type\":\"database\"}");
    JsonNode connection =
        JsonNodeFactory.instance
            .objectNode()
            .put("plugin_name", "postgresql-database-plugin")
            .put("connection_url", "postgresql://postgres@" + at + "?sslmode=disable")
            .put("username", "postgres")
            .put("allowed_roles", "*");
    need("POST", mount + "/config/orders", connection.toString());
    var role = JsonNodeFactory.instance.objectNode().put("db_name", "orders");
    role.put("default_ttl", ttl).put("max_ttl", maxTtl);
    role.putArray("creation_statements")
        .add("CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}'")
        .add("GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO \"{{name}}\"");
    role.putArray("revocation_statements")
        .add("ALTER ROLE \"{{name}}\" NOLOGIN")
        .add("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{{name}}'")
        .add("DROP OWNED BY \"{{name}}\"")
        .add("DROP ROLE \"{{name}}\"");
    need("POST", mount + "/roles/reader", role.toString());
  }

  /// {@return a new token; `life` is JSON like `"ttl":"1h"`}
  public String token(String policy, String life) {
    String body = "{\"policies\":[\"" + policy + "\"]," + life + "}";
    return need("POST", "auth/token/create", body).at("/auth/client_token").asString("");
  }

  /// Mounts the AppRole method and makes a role; `settings` is JSON like `"token_ttl":3600`.
  ///
  /// @return its role id
  public String appRole(String mount, String role, String policy, String settings) {
    need("POST", "sys/auth/" + mount, "{\"type\":\"approle\"}");
    String body = "{\"token_policies\":[\"" + policy + "\"]," + settings + "}";
    need("POST", "auth/" + mount + "/role/" + role, body);
    return need("GET", "auth/" + mount + "/role/" + role + "/role-id", "")
        .at("/data/role_id")
        .asString("");
  }

  /// {@return a new secret id of a role}
  public String secretId(String mount, String role) {
    return need("POST", "auth/" + mount + "/role/" + role + "/secret-id", "{}")
        .at("/data/secret_id")
        .asString("");
  }

  /// Mounts the JWT method, which trusts one key, and makes a role for the audience `keyward`.
  ///
  /// @param pem the key, its line feeds as `\\n`
  public void jwt(String mount, String role, String policy, String pem) {
    need("POST", "sys/auth/" + mount, "{\"type\":\"jwt\"}");
    need("POST", "auth/" + mount + "/config", "{\"jwt_validation_pubkeys\":[\"" + pem + "\"]}");
    need(
        "POST",
        "auth/" + mount + "/role/" + role,
        "{\"role_type\":\"jwt\",\"user_claim\":\"sub\",\"bound_audiences\":[\"keyward\"],"
            + "\"token_policies\":[\""
            + policy
            + "\"],\"token_ttl\":3600}");
  }

  /// Mounts the TLS certificate method and makes a role that trusts what `authority` has signed.
  ///
  /// @param authority in PEM
  public void certificate(String mount, String role, String policy, String authority) {
    need("POST", "sys/auth/" + mount, "{\"type\":\"cert\"}");
    JsonNode body =
        JsonNodeFactory.instance
            .objectNode()
            .put("certificate", authority)
            .put("token_ttl", 3600)
            .set("token_policies", JsonNodeFactory.instance.arrayNode().add(policy));
    need("POST", "auth/" + mount + "/certs/" + role, body.toString());
  }

  /// {@return the wrapping token that comes in the answer's place; "Response wrapping"}
  public String wrapping(String method, String path, String body) {
    Answer answer = ask(method, path, body, "X-Vault-Wrap-TTL", "300s");
    String made = answer.body().at("/wrap_info/token").asString("");
    if (made.isEmpty()) {
      throw new IllegalStateException(method + " " + path + ": " + answer);
    }
    return made;
  }

  /// Ends a token.
  public void revoke(String value) {
    need("POST", "auth/token/revoke", "{\"token\":\"" + value + "\"}");
  }

  /// {@return what the server says about a token}
  public Answer lookUp(String value) {
    return ask("POST", "auth/token/lookup", "{\"token\":\"" + value + "\"}");
  }

  /// {@return the body of an answer that must be a success}
  public JsonNode need(String method, String path, String body) {
    Answer answer = ask(method, path, body);
    if (answer.status() >= 300) {
      throw new IllegalStateException(method + " " + path + ": " + answer);
    }
    return answer.body();
  }

  /// {@return whatever the server answers}
  public Answer ask(String method, String path, String body) {
    return ask(method, path, body, "X-Vault-Request", "true");
  }

  private Answer ask(String method, String path, String body, String header, String value) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(address + "/v1/" + path))
            .header("X-Vault-Token", token)
            .header(header, value);
    if (!namespace.isEmpty()) {
      request.header("X-Vault-Namespace", namespace);
    }
    request.method(
        method,
        body.isEmpty()
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(body));
    try {
      var answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      JsonNode json =
          answer.body().isEmpty()
              ? JsonNodeFactory.instance.objectNode()
              : JsonMapper.shared().readTree(answer.body());
      return new Answer(answer.statusCode(), json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
