package dev.keyward.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Tokens and people of a real Keycloak.
@Timeout(300)
final class KeycloakTest {
  private static final String READ = "{\"ticket_id\":\"4812\"}";
  private static final String VERIFIER = "v".repeat(43);

  private static final String CREDENTIALS =
      """
      credentials:
        job:
          kind: oauth_client_credentials
          token_endpoint: REALM/token
          revocation_endpoint: REALM/revoke
          client_id: job
          client_secret: local:realm#secret
          scope: openid tools
        rita:
          kind: oauth_refresh_token
          authorization_endpoint: REALM/auth
          token_endpoint: REALM/token
          revocation_endpoint: REALM/revoke
          client_id: desk
          client_auth: none
          scope: openid tools
        behalf:
          kind: oauth_token_exchange
          token_endpoint: REALM/token
          revocation_endpoint: REALM/revoke
          client_id: exchange
          client_secret: local:realm#exchange
          subject_issuer: ISSUER
          audience: files
      """;
  private static final String FILES =
      """
      system: files
      origin: https://files.example
      tools:
        read:
          title: Read a file
          description: Reads one file.
          tier: read
          summary: Read a file
          input: {properties: {}}
          credential: {ref: "mint:job", in: bearer}
          request: {method: GET, path: "/job"}
          result: [id]
        mine:
          title: Read rita's file
          description: Reads one file of hers.
          tier: read
          summary: Read a file
          input: {properties: {}}
          credential: {ref: "mint:rita", in: bearer}
          request: {method: GET, path: "/rita"}
          result: [id]
        theirs:
          title: Read the person's file
          description: Reads one file of the person for whom the agent works.
          tier: read
          summary: Read a file
          input: {properties: {}}
          credential: {ref: "mint:behalf", in: bearer}
          request: {method: GET, path: "/theirs"}
          result: [id]
      """;

  private static KeycloakServer keycloak;

  @TempDir Path folder;
  private final HttpClient http = HttpClient.newHttpClient();
  private TestBroker broker;

  @BeforeAll
  static void startKeycloak() throws Exception {
    keycloak = KeycloakServer.start();
  }

  @AfterAll
  static void stopKeycloak() {
    if (keycloak != null) {
      keycloak.close();
    }
  }

  @BeforeEach
  void start() throws Exception {
    broker =
        TestBroker.in(
            folder,
            """
            issuers:
              - issuer: %s
                audience: %s
                agents:
                  - {when: {azp: job}, agent: job}
                  - {when: {azp: desk}, agent: desk, delegator: preferred_username}
            """
                    .formatted(keycloak.issuer(), KeycloakServer.AUDIENCE)
                + CREDENTIALS
                    .replace("REALM", keycloak.issuer() + "/protocol/openid-connect")
                    .replace("ISSUER", keycloak.issuer()));
    broker.stop();
    allow(URI.create(keycloak.issuer()).resolve("/").toString().replaceFirst("/$", ""));
    broker.signInWith(
        """
        issuer: %s, client_id: keyward, client_secret_file: pages-secret,
         roles: {reviewer: [/reviewers]}\
        """
            .formatted(keycloak.issuer()),
        "pages-secret");
    broker.start();
    broker.clock().move(Duration.between(broker.clock().instant(), Instant.now()));
    broker.secret("realm#secret", "job-secret");
    broker.secret("realm#exchange", "exchange-secret");
    broker.catalog("files.yaml", FILES);
    for (String agent : List.of("job", "desk")) {
      broker.operate(
          "agent.add",
          "{\"name\":\"%s\",\"owner\":\"olga\",\"tools\":[\"crm.*\",\"files.*\"],\"no_key\":true}"
              .formatted(agent));
    }
  }

  @AfterEach
  void stop() {
    broker.close();
    http.close();
  }

  @Test
  void aClientsTokenCallsATool() throws Exception {
    Called read = showing(keycloak.clientToken("tools")).call("crm.read_ticket", READ);

    assertEquals("ok", read.code());
  }

  @Test
  void aTokenForSomebodyElseOpensNothing() throws Exception {
    String token = keycloak.clientToken("openid");

    assertEquals(401, showing(token).initialize().status());
  }

  @Test
  void theRealmsNewKeyIsKnownWithItsFirstToken() throws Exception {
    assertEquals(200, showing(keycloak.clientToken("tools")).initialize().status());
    keycloak.rotateKeys();
    broker.clock().move(Duration.ofSeconds(11));

    assertEquals(200, showing(keycloak.clientToken("tools")).initialize().status());
  }

  @Test
  void aPersonSignsInAndConfirmsWhatTheirAgentAsks() throws Exception {
    String cookie = signInToThePages();
    Called asked = showing(ritasToken()).call("crm.add_note", TestBroker.NOTE);

    assertEquals("pending", asked.code());
    HttpResponse<String> page = page("/approvals/" + asked.approval(), cookie);
    assertEquals(200, page.statusCode());
    assertTrue(page.body().contains("rita"));
    assertEquals(303, Reviewer.withCookie(origin(), cookie).approve(asked.approval()));
    assertEquals("ok", showing(ritasToken()).call("crm.add_note", TestBroker.NOTE).code());
  }

  @Test
  void aTokenThatIsMadeForARunIsGoodUntilTheRunEnds() throws Exception {
    assertEquals("ok", broker.agent("a1", "files.*").call("files.read", "{}").code());
    String token = shown();
    assertTrue(keycloak.takes(token));

    broker.operate("stop", "{\"kind\":\"agent\",\"name\":\"a1\"}");

    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (keycloak.takes(token)) {
      assertTrue(System.nanoTime() < end, "not revoked within a minute");
    }
  }

  @Test
  void anAccountIsConnectedAndItsRefreshTokenReplacedAtEachUse() throws Exception {
    String back = "http://127.0.0.1:4000/connected";
    JsonNode begun =
        broker.operate("connection.begin", "{\"name\":\"rita\",\"back\":\"" + back + "\"}");
    URI came = keycloak.signIn(URI.create(begun.get("page").stringValue()));
    String code = came.getQuery().replaceFirst("(?:.*&)?code=([^&]+).*", "$1");
    broker.operate(
        "connection.finish",
        "{\"name\":\"rita\",\"back\":\"%s\",\"state\":\"%s\",\"code\":\"%s\"}"
            .formatted(back, begun.get("state").stringValue(), code));

    assertEquals("ok", broker.agent("a1", "files.*").call("files.mine", "{}").code());
    String first = shown();
    Called second = broker.agent("a2", "files.*").call("files.mine", "{}");

    assertEquals("ok", second.code(), second.raw());
    assertNotEquals(first, shown());
    JsonNode removed = broker.operate("connection.remove", "{\"name\":\"rita\"}");
    assertEquals("done", removed.get("revocation").stringValue());
  }

  @Test
  void aToolActsAsThePersonWhoseTokenTheAgentShowsUntilTheRunEnds() throws Exception {
    Called called = showing(ritasToken()).call("files.theirs", "{}");

    assertEquals("ok", called.code(), called.raw());
    String token = shown();
    JsonNode claims =
        JsonMapper.shared().readTree(Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]));
    assertEquals("rita", claims.path("preferred_username").asString(""));
    assertEquals("exchange", claims.path("azp").asString(""));
    assertEquals("files", claims.path("aud").asString(""));
    broker.operate("stop", "{\"kind\":\"agent\",\"name\":\"desk\"}");
    assertEquals(
        "delegator_not_verified", broker.agent("a3", "files.*").call("files.theirs", "{}").code());
    broker.stop(); // which waits for the issuer
    broker.start();
    assertTrue(
        broker.operate("audit.list", "{\"type\":\"lease.ended\"}").toString().contains("done"));
  }

  /// {@return somebody who shows this token now: a token counts for no broker whose clock stands
  /// far behind its issuer's}
  private AgentClient showing(String token) {
    catchUp();
    return broker.stranger(token);
  }

  private void catchUp() {
    Duration behind = Duration.between(broker.clock().instant(), Instant.now());
    if (behind.isPositive()) {
      broker.clock().move(behind);
    }
  }

  private String shown() {
    String header = broker.upstream().journal().getLast().authorization().orElseThrow();
    return header.replaceFirst("^Bearer ", "");
  }

  private void allow(String origin) throws IOException {
    String text = Files.readString(broker.home().config());
    Files.writeString(
        broker.home().config(),
        text.replace("private_origins: [", "private_origins: [\"" + origin + "\", "));
  }

  private String ritasToken() throws Exception {
    String back = "http://127.0.0.1:4000/back";
    String challenge =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(
                MessageDigest.getInstance("SHA-256")
                    .digest(VERIFIER.getBytes(StandardCharsets.US_ASCII)));
    URI authorize =
        URI.create(
            keycloak.issuer()
                + "/protocol/openid-connect/auth?"
                + KeycloakServer.encoded(
                    Map.of(
                        "response_type", "code",
                        "client_id", "desk",
                        "redirect_uri", back,
                        "scope", "openid tools",
                        "code_challenge", challenge,
                        "code_challenge_method", "S256")));
    String code =
        keycloak.signIn(authorize).getQuery().replaceFirst("(?:.*&)?code=([^&]+).*", "$1");
    return keycloak
        .token(
            keycloak.issuer(),
            Map.of(
                "grant_type", "authorization_code",
                "client_id", "desk",
                "code", code,
                "redirect_uri", back,
                "code_verifier", VERIFIER))
        .get("access_token")
        .stringValue();
  }

  /// {@return the cookie of rita's session}
  private String signInToThePages() throws Exception {
    HttpResponse<String> sent = page("/sign-in/openid", "");
    URI there = URI.create(sent.headers().firstValue("Location").orElseThrow());
    URI back = keycloak.signIn(there);
    assertFalse(back.toString().contains("error"), back.toString());
    catchUp();
    HttpResponse<String> in = page(back.getRawPath() + "?" + back.getRawQuery(), cookie(sent));
    assertEquals(303, in.statusCode(), in.body());
    return cookie(in);
  }

  private URI origin() {
    return broker.keyward().peopleUrl().orElseThrow();
  }

  private HttpResponse<String> page(String path, String cookie) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(origin().resolve(path));
    if (!cookie.isEmpty()) {
      request.header("Cookie", cookie);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static String cookie(HttpResponse<String> answer) {
    return answer.headers().allValues("Set-Cookie").stream()
        .filter(set -> !set.contains("Max-Age=0"))
        .map(set -> set.split(";", 2)[0])
        .findFirst()
        .orElse("");
  }
}
