package dev.keyward.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
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

/// Tokens and people of a real Keycloak.
@Timeout(300)
final class KeycloakTest {
  private static final String READ = "{\"ticket_id\":\"4812\"}";
  private static final String VERIFIER = "v".repeat(43);

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
                .formatted(keycloak.issuer(), KeycloakServer.AUDIENCE));
    broker.stop();
    broker.signInWith(
        """
        issuer: %s, client_id: keyward, client_secret_file: pages-secret,
         roles: {reviewer: [/reviewers]}\
        """
            .formatted(keycloak.issuer()),
        "pages-secret");
    broker.start();
    broker.clock().move(Duration.between(broker.clock().instant(), Instant.now()));
    for (String agent : List.of("job", "desk")) {
      broker.operate(
          "agent.add",
          "{\"name\":\"%s\",\"owner\":\"olga\",\"tools\":[\"crm.*\"],\"no_key\":true}"
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
    Called read = broker.stranger(keycloak.clientToken("tools")).call("crm.read_ticket", READ);

    assertEquals("ok", read.code());
  }

  @Test
  void aTokenForSomebodyElseOpensNothing() throws Exception {
    String token = keycloak.clientToken("openid");

    assertEquals(401, broker.stranger(token).initialize().status());
  }

  @Test
  void theRealmsNewKeyIsKnownWithItsFirstToken() throws Exception {
    assertEquals(200, broker.stranger(keycloak.clientToken("tools")).initialize().status());
    keycloak.rotateKeys();
    broker.clock().move(Duration.ofSeconds(11));

    assertEquals(200, broker.stranger(keycloak.clientToken("tools")).initialize().status());
  }

  @Test
  void aPersonSignsInAndConfirmsWhatTheirAgentAsks() throws Exception {
    String cookie = signInToThePages();
    Called asked = broker.stranger(ritasToken()).call("crm.add_note", TestBroker.NOTE);

    assertEquals("pending", asked.code());
    HttpResponse<String> page = page("/approvals/" + asked.approval(), cookie);
    assertEquals(200, page.statusCode());
    assertTrue(page.body().contains("rita"));
    assertEquals(303, Reviewer.withCookie(origin(), cookie).approve(asked.approval()));
    assertEquals("ok", broker.stranger(ritasToken()).call("crm.add_note", TestBroker.NOTE).code());
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
