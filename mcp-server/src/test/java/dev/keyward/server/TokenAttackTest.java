package dev.keyward.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// What somebody with tokens of his own making, or of an issuer of his own, gets: nothing.
@Timeout(120)
final class TokenAttackTest {
  private static final String AUDIENCE = "https://keyward.example.com/mcp";
  private static final int UNAUTHORIZED = 401;

  @TempDir Path folder;
  private final SettableClock clock = new SettableClock();
  private final TestIssuer issuer = new TestIssuer(clock);
  private final TestIssuer tenant = new TestIssuer(clock);
  private final TestIssuer stranger = new TestIssuer(clock);
  private TestBroker broker;

  @BeforeEach
  void start() throws Exception {
    broker =
        TestBroker.in(
            folder,
            """
            issuers:
              - issuer: %s
                audience: %s
                algorithms: [RS256]
                agents: [{when: {sub: job}, agent: job}]
              - issuer: %s
                audience: %s
                agents: [{when: {sub: other}, agent: other}]
            """
                .formatted(issuer.name(), AUDIENCE, tenant.name(), AUDIENCE));
    for (String agent : List.of("job", "other")) {
      broker.operate(
          "agent.add",
          "{\"name\":\"%s\",\"owner\":\"olga\",\"tools\":[\"crm.*\"],\"no_key\":true}"
              .formatted(agent));
    }
    assertEquals(200, statusOf(job().signed()));
    assertEquals(200, statusOf(tenant.token("other", AUDIENCE).signed()));
  }

  @AfterEach
  void stop() {
    broker.close();
    issuer.close();
    tenant.close();
    stranger.close();
  }

  @Test
  void noForgeryOpensAnything() throws Exception {
    Map<String, String> forged = new TreeMap<>();
    var generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    var own = generator.generateKeyPair();
    byte[] publicKey = issuer.keys().getPublic().getEncoded();
    String honest = job().signed();
    String body = honest.substring(0, honest.lastIndexOf('.'));

    forged.put("alg none, no signature", job().header("alg", "none").withSignature(new byte[0]));
    forged.put("alg None in other letters", job().header("alg", "NoNe").withSignature(new byte[0]));
    forged.put("alg none, a signature", job().header("alg", "none").signed());
    forged.put("no alg", job().header("alg", null).signed());
    forged.put(
        "HS256 with the public key", job().header("alg", "HS256").signedWithSecret(publicKey));
    forged.put(
        "HS256 with the public key as it is published",
        job()
            .header("alg", "HS256")
            .signedWithSecret(issuer.jwks().getBytes(StandardCharsets.UTF_8)));
    forged.put("an algorithm that is not allowed", job().header("alg", "RS512").signed());
    forged.put("ES256 of zeros", job().header("alg", "ES256").withSignature(new byte[64]));
    forged.put("signature of zeros", job().withSignature(new byte[256]));
    forged.put("no signature", body + ".");
    forged.put("no signature, no dot", body);
    forged.put("own key", job().signedBy(own.getPrivate()));
    forged.put("own key, no kid", job().header("kid", null).signedBy(own.getPrivate()));
    forged.put(
        "kid as a path", job().header("kid", "../../../dev/null").signedBy(own.getPrivate()));
    forged.put("kid as SQL", job().header("kid", "x' UNION SELECT 'k").signedBy(own.getPrivate()));
    forged.put("crit", job().header("crit", List.of("exp")).header("exp", 1).signed());
    forged.put("b64 false", job().header("b64", false).header("crit", List.of("b64")).signed());
    forged.put("encrypted", honest + "." + "AAAA.AAAA");
    forged.put("claims changed", changed(honest, "{\"sub\":\"job\",\"aud\":\"" + AUDIENCE + "\"}"));
    forged.forEach((name, token) -> assertEquals(UNAUTHORIZED, statusOf(token), name));
    assertEquals(List.of(), broker.upstream().journal());
  }

  @Test
  void noTokenForAnotherUseOrTimeOpensAnything() {
    long now = clock.instant().getEpochSecond();
    Map<String, String> useless = new TreeMap<>();
    useless.put("other audience", job().claim("aud", "https://keyward.example.com").signed());
    useless.put("audience with a slash more", job().claim("aud", AUDIENCE + "/").signed());
    useless.put("audience in a longer text", job().claim("aud", AUDIENCE + " x").signed());
    useless.put(
        "audience in a list of lists", job().claim("aud", List.of(List.of(AUDIENCE))).signed());
    useless.put("no audience", job().claim("aud", null).signed());
    useless.put("expired", job().claim("exp", now).signed());
    useless.put("no end", job().claim("exp", null).signed());
    useless.put("end as text", job().claim("exp", "" + (now + 60)).signed());
    useless.put("not yet", job().claim("nbf", now + 31).signed());
    useless.put("issued later", job().claim("iat", now + 31).signed());
    useless.put("no subject", job().claim("sub", null).signed());
    useless.put("empty subject", job().claim("sub", "").signed());
    useless.put("subject as a number", job().claim("sub", 7).signed());
    useless.put("another subject", issuer.token("job2", AUDIENCE).signed());
    useless.put("bound to a key", job().claimJson("cnf", "{\"jkt\":\"x\"}").signed());
    useless.put("logout token", job().header("typ", "logout+jwt").signed());
    useless.put("no issuer", job().claim("iss", null).signed());
    useless.put("issuer with a slash more", job().claim("iss", issuer.name() + "/").signed());
    useless.put("not a token", "a.b.c");
    useless.put("dots", ".".repeat(100));
    useless.forEach((name, token) -> assertEquals(UNAUTHORIZED, statusOf(token), name));
    assertEquals(200, statusOf(job().claim("aud", List.of("x", AUDIENCE)).signed()));
    assertEquals(200, statusOf(job().claim("nbf", now + 29).header("typ", "at+jwt").signed()));
  }

  @Test
  void aHugeTokenIsTurnedAwayUnread() {
    assertEquals(431, statusOf(job().claim("x", "x".repeat(8000)).signed()));
  }

  @Test
  void aNameGivenTwiceIsNoClaim() {
    String token = issuer.token("job2", AUDIENCE).claim("zz", "1").signed();
    String twice =
        issuer.token("job2", AUDIENCE).claim("zz", "1").doubled("\"zz\":\"1\"", "\"sub\":\"job\"");

    assertEquals(UNAUTHORIZED, statusOf(token));
    assertEquals(UNAUTHORIZED, statusOf(twice));
  }

  @Test
  void keysThatATokenNamesOrCarriesAreNotLookedAt() {
    ObjectNode own = stranger.jwk();
    var key = stranger.keys().getPrivate();

    assertEquals(UNAUTHORIZED, statusOf(job().header("jku", stranger.jwksUri()).signedBy(key)));
    assertEquals(UNAUTHORIZED, statusOf(job().header("x5u", stranger.jwksUri()).signedBy(key)));
    assertEquals(UNAUTHORIZED, statusOf(job().header("jwk", own).signedBy(key)));
    assertEquals(
        UNAUTHORIZED,
        statusOf(job().header("kid", stranger.jwksUri()).header("jwk", own).signedBy(key)));
    assertEquals(List.of(), stranger.journal());
  }

  @Test
  void anUnknownIssuerIsNotEvenAsked() {
    assertEquals(UNAUTHORIZED, statusOf(stranger.token("job", AUDIENCE).signed()));
    assertEquals(List.of(), stranger.journal());
  }

  @Test
  void anotherTrustedIssuerCannotSpeakForThisOne() {
    String inItsName = tenant.token("job", AUDIENCE).claim("iss", issuer.name()).signed();
    String sameSubject = tenant.token("job", AUDIENCE).signed();
    String bothNames =
        tenant.token("job", AUDIENCE).claim("iss", List.of(issuer.name(), tenant.name())).signed();

    assertEquals(UNAUTHORIZED, statusOf(inItsName));
    assertEquals(UNAUTHORIZED, statusOf(sameSubject));
    assertEquals(UNAUTHORIZED, statusOf(bothNames));
  }

  @Test
  void aTokenCountsInTheHeaderOnlyAndThereOnce() throws Exception {
    String token = job().signed();
    String other = tenant.token("other", AUDIENCE).signed();

    assertEquals(UNAUTHORIZED, send(mcp("?access_token=" + token)).statusCode());
    assertEquals(
        UNAUTHORIZED, send(mcp("").header("Cookie", "access_token=" + token)).statusCode());
    assertEquals(
        UNAUTHORIZED,
        send(mcp("")
                .header("Authorization", "Bearer " + token)
                .header("Authorization", "Bearer " + other))
            .statusCode());
    assertEquals(UNAUTHORIZED, send(mcp("").header("Authorization", "DPoP " + token)).statusCode());
  }

  @Test
  void metadataCannotSendTheBrokerElsewhere() throws Exception {
    for (String elsewhere :
        List.of(
            stranger.jwksUri(),
            "http://169.254.169.254/latest/meta-data",
            "file:///etc/passwd",
            "http://127.0.0.1:" + URI.create(issuer.name()).getPort() + "@evil.example/keys")) {
      issuer.publishes(issuer.metadata().put("jwks_uri", elsewhere));
      restart();
      stranger.answers("/keys", StandIn.json(issuer.jwks()));
      assertEquals(UNAUTHORIZED, statusOf(job().signed()), elsewhere);
    }
    assertEquals(List.of(), stranger.journal());
  }

  @Test
  void metadataOfAnotherIssuerDoNotCount() throws Exception {
    issuer.publishes(issuer.metadata().put("issuer", stranger.name()));
    restart();

    assertEquals(UNAUTHORIZED, statusOf(job().signed()));
  }

  @Test
  void aRedirectIsNotFollowed() throws Exception {
    issuer.answers("/keys", StandIn.of(302, "text/plain", "", "Location", stranger.jwksUri()));
    stranger.answers("/keys", StandIn.json(issuer.jwks()));
    restart();

    assertEquals(UNAUTHORIZED, statusOf(job().signed()));
    assertEquals(List.of(), stranger.journal());
  }

  @Test
  void keysOfAnySizeDoNotFillTheBroker() throws Exception {
    issuer.answers(
        "/keys",
        StandIn.json("{\"x\":\"" + "x".repeat(1 << 19) + "\"," + issuer.jwks().substring(1)));
    restart();

    assertEquals(UNAUTHORIZED, statusOf(job().signed()));
  }

  @Test
  void weakAndSecretKeysAreNoKeys() throws Exception {
    String secret = TestIssuer.encoded("0123456789abcdef0123456789abcdef");
    issuer.answers(
        "/keys",
        StandIn.json("{\"keys\":[{\"kty\":\"oct\",\"kid\":\"key-1\",\"k\":\"" + secret + "\"}]}"));
    restart();
    String token =
        job()
            .header("alg", "HS256")
            .signedWithSecret("0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.UTF_8));

    assertEquals(UNAUTHORIZED, statusOf(token));
  }

  @Test
  void agentKeysGoOnBesideTokens() {
    AgentClient keyed = broker.agent("keyed", "crm.*");

    assertEquals(200, keyed.initialize().status());
    assertTrue(keyed.key().startsWith("kw_agent_"));
  }

  private void restart() throws Exception {
    broker.stop();
    broker.start();
  }

  private TestToken job() {
    return issuer.token("job", AUDIENCE);
  }

  private int statusOf(String token) {
    return broker.stranger(token).initialize().status();
  }

  private static String changed(String token, String claims) {
    String[] parts = token.split("\\.", -1);
    return parts[0] + "." + TestIssuer.encoded(claims) + "." + parts[2];
  }

  private HttpRequest.Builder mcp(String query) {
    return HttpRequest.newBuilder(URI.create(broker.keyward().agentsUrl().orElseThrow() + query))
        .header("Content-Type", "application/json")
        .header("Accept", "application/json, text/event-stream")
        .POST(HttpRequest.BodyPublishers.ofString("{}"));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    try (var http = HttpClient.newHttpClient()) {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }
}
