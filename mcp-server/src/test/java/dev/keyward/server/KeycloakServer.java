package dev.keyward.server;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.keyward.store.TestPorts;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jsoup.Jsoup;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A Keycloak of the tests' own on loopback, with one realm that is set up over its admin API.
///
/// `KEYWARD_KEYCLOAK` names the unpacked distribution, or the address of one that runs with the
/// administrator `admin`, `admin`; `.ci/run` brings the first.
final class KeycloakServer implements AutoCloseable {
  /// What its tokens with the scope `tools` name as their audience.
  static final String AUDIENCE = "https://keyward.example.com/mcp";

  private static final String ADMIN = "admin";
  private static final String PASSWORD = "rita-5Kd82mQx";
  private static final String MAPPERS =
      """
      "protocolMappers":[{"name":"m","protocol":"openid-connect","protocolMapper":"%s",
       "config":{%s}}]\
      """;

  private final HttpClient http = HttpClient.newHttpClient();
  private final Optional<Process> process;
  private final String address;
  private final String realm = "agents-" + UUID.randomUUID();

  private KeycloakServer(Optional<Process> process, String address) {
    this.process = process;
    this.address = address;
  }

  /// Starts it, or skips the tests where there is none.
  static KeycloakServer start() throws Exception {
    String named = Optional.ofNullable(System.getenv("KEYWARD_KEYCLOAK")).orElse("");
    assumeTrue(!named.isBlank(), "KEYWARD_KEYCLOAK must name an unpacked Keycloak distribution");
    KeycloakServer server =
        named.startsWith("http")
            ? new KeycloakServer(Optional.empty(), named)
            : launch(Path.of(named), TestPorts.free());
    try {
      server.setUp();
    } catch (Exception | AssertionError e) {
      server.close();
      throw e;
    }
    return server;
  }

  private static KeycloakServer launch(Path folder, int port) throws IOException {
    var command =
        new ProcessBuilder(
                "bash",
                folder.resolve("bin/kc.sh").toString(),
                "start-dev",
                "--db=dev-mem",
                "--http-host=127.0.0.1",
                "--http-port=" + port)
            .redirectErrorStream(true);
    command.environment().put("JAVA_HOME", System.getProperty("java.home"));
    command.environment().put("JAVA_OPTS_KC_HEAP", "-Xms64m -Xmx512m");
    command.environment().put("KC_BOOTSTRAP_ADMIN_USERNAME", ADMIN);
    command.environment().put("KC_BOOTSTRAP_ADMIN_PASSWORD", ADMIN);
    Process process = command.start();
    awaitListening(process);
    return new KeycloakServer(Optional.of(process), "http://127.0.0.1:" + port);
  }

  /// It says when it listens; what it says afterwards is read too, so that it can go on.
  private static void awaitListening(Process process) throws IOException {
    BufferedReader log = process.inputReader();
    var said = new StringBuilder();
    for (String line = log.readLine(); line != null; line = log.readLine()) {
      said.append(line).append('\n');
      if (line.contains("Listening on:")) {
        Thread.startVirtualThread(() -> log.lines().forEach(_ -> {}));
        return;
      }
    }
    throw new IOException("Keycloak did not start:\n" + said);
  }

  /// {@return the realm's name as an issuer}
  String issuer() {
    return address + "/realms/" + realm;
  }

  private void setUp() throws Exception {
    admin(
        "POST",
        "",
        "{\"realm\":\"%s\",\"enabled\":true,\"sslRequired\":\"none\",\"revokeRefreshToken\":true}"
            .formatted(realm));
    admin(
        "POST",
        "/" + realm + "/client-scopes",
        "{\"name\":\"tools\",\"protocol\":\"openid-connect\",\"attributes\":"
            + "{\"include.in.token.scope\":\"true\"},"
            + MAPPERS.formatted(
                "oidc-audience-mapper",
                "\"included.custom.audience\":\"" + AUDIENCE + "\",\"access.token.claim\":\"true\"")
            + "}");
    client(
        """
        "clientId":"job","publicClient":false,"secret":"job-secret","serviceAccountsEnabled":true,
        "standardFlowEnabled":false,"defaultClientScopes":["basic"],"optionalClientScopes":["tools"]\
        """);
    client(
        """
        "clientId":"desk","publicClient":true,"redirectUris":["http://127.0.0.1/*"],
        "attributes":{"pkce.code.challenge.method":"S256"},
        "defaultClientScopes":["basic","profile"],"optionalClientScopes":["tools"],\
        """
            + audience("exchange"));
    client("\"clientId\":\"files\",\"bearerOnly\":true");
    client(
        """
        "clientId":"exchange","publicClient":false,"secret":"exchange-secret",
        "standardFlowEnabled":false,"defaultClientScopes":["basic","profile"],
        "attributes":{"standard.token.exchange.enabled":"true"},\
        """
            + audience("files"));
    client(
        """
        "clientId":"keyward","publicClient":false,"secret":"pages-secret","redirectUris":["http://127.0.0.1/*"],
        "attributes":{"pkce.code.challenge.method":"S256"},\
        """
            + MAPPERS.formatted(
                "oidc-group-membership-mapper",
                "\"claim.name\":\"groups\",\"full.path\":\"true\",\"id.token.claim\":\"true\""));
    admin("POST", "/" + realm + "/groups", "{\"name\":\"reviewers\"}");
    admin(
        "POST",
        "/" + realm + "/users",
        """
        {"username":"rita","enabled":true,"email":"rita@example.com","emailVerified":true,
         "firstName":"Rita","lastName":"Example","groups":["/reviewers"],
         "credentials":[{"type":"password","value":"%s","temporary":false}]}\
        """
            .formatted(PASSWORD));
  }

  /// {@return what makes tokens good for another client}
  private static String audience(String client) {
    return MAPPERS.formatted(
        "oidc-audience-mapper",
        "\"included.client.audience\":\"" + client + "\",\"access.token.claim\":\"true\"");
  }

  private void client(String fields) throws Exception {
    admin("POST", "/" + realm + "/clients", "{\"protocol\":\"openid-connect\"," + fields + "}");
  }

  /// From now on the realm signs with a new key.
  void rotateKeys() throws Exception {
    String id = admin("GET", "/" + realm, "").get("id").stringValue();
    admin(
        "POST",
        "/" + realm + "/components",
        """
        {"name":"newer","providerId":"rsa-generated","providerType":"org.keycloak.keys.KeyProvider",
         "parentId":"%s","config":{"priority":["200"],"algorithm":["RS256"]}}\
        """
            .formatted(id));
  }

  /// {@return an access token of the client `job` for itself}
  String clientToken(String scope) throws Exception {
    return token(
            issuer(),
            Map.of(
                "grant_type", "client_credentials",
                "client_id", "job",
                "client_secret", "job-secret",
                "scope", scope))
        .get("access_token")
        .stringValue();
  }

  /// {@return whether the realm takes an access token with the scope `openid` for good}
  boolean takes(String token) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(issuer() + "/protocol/openid-connect/userinfo"))
            .header("Authorization", "Bearer " + token)
            .build();
    return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
  }

  /// {@return what the realm's token endpoint answers}
  JsonNode token(String ofIssuer, Map<String, String> form) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(ofIssuer + "/protocol/openid-connect/token"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(encoded(form)));
    return json(http.send(request.build(), HttpResponse.BodyHandlers.ofString()));
  }

  /// Signs rita in on the page that `authorize` shows; returns where the browser is sent then.
  ///
  /// Its cookies are marked for https, which the JDK's client takes at its word on loopback too.
  URI signIn(URI authorize) throws Exception {
    HttpResponse<String> page =
        http.send(HttpRequest.newBuilder(authorize).build(), HttpResponse.BodyHandlers.ofString());
    String action = Jsoup.parse(page.body()).select("form#kc-form-login").attr("action");
    String cookies =
        page.headers().allValues("Set-Cookie").stream()
            .map(cookie -> cookie.split(";", 2)[0])
            .collect(Collectors.joining("; "));
    var form =
        HttpRequest.newBuilder(URI.create(action))
            .header("Cookie", cookies)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    encoded(Map.of("username", "rita", "password", PASSWORD))));
    HttpResponse<String> in = http.send(form.build(), HttpResponse.BodyHandlers.ofString());
    return URI.create(
        in.headers().firstValue("Location").orElseThrow(() -> new AssertionError(in.body())));
  }

  private JsonNode admin(String method, String path, String body) throws Exception {
    String token =
        token(
                address + "/realms/master",
                Map.of(
                    "grant_type",
                    "password",
                    "client_id",
                    "admin-cli",
                    "username",
                    ADMIN,
                    "password",
                    ADMIN))
            .get("access_token")
            .stringValue();
    var request =
        HttpRequest.newBuilder(URI.create(address + "/admin/realms" + path))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    return json(http.send(request.build(), HttpResponse.BodyHandlers.ofString()));
  }

  private static JsonNode json(HttpResponse<String> answer) {
    if (answer.statusCode() / 100 != 2) {
      throw new AssertionError(answer.uri() + ": " + answer.statusCode() + " " + answer.body());
    }
    return JsonMapper.shared().readTree(answer.body().isEmpty() ? "{}" : answer.body());
  }

  static String encoded(Map<String, String> form) {
    return form.entrySet().stream()
        .map(
            field ->
                field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&"));
  }

  /// Its launcher is a shell, which waits for the server that it started.
  @Override
  public void close() {
    http.close();
    process.ifPresent(
        shell -> {
          shell.descendants().forEach(ProcessHandle::destroy);
          shell.destroy();
        });
  }
}
