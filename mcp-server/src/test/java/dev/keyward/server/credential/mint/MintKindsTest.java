package dev.keyward.server.credential.mint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.call.AgentId;
import dev.keyward.call.Caller;
import dev.keyward.call.PersonId;
import dev.keyward.call.RunId;
import dev.keyward.catalog.CredentialRef;
import dev.keyward.catalog.CredentialUse;
import dev.keyward.catalog.Placement;
import dev.keyward.redaction.Secret;
import dev.keyward.server.SettableClock;
import dev.keyward.server.StandIn;
import dev.keyward.server.config.MintSettings;
import dev.keyward.server.credential.FixedSubject;
import dev.keyward.server.credential.ForgetfulJournal;
import dev.keyward.server.credential.HeldSecret;
import dev.keyward.server.credential.Lookup;
import dev.keyward.server.credential.MintAnswer;
import dev.keyward.server.credential.MintOrder;
import dev.keyward.server.credential.Minted;
import dev.keyward.server.credential.NoConnections;
import dev.keyward.server.credential.Revoker.Revoked;
import dev.keyward.server.credential.Subject;
import dev.keyward.server.upstream.HttpUpstream;
import dev.keyward.server.upstream.Resolution;
import dev.keyward.server.upstream.SigV4;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Every kind against a stand-in that checks what it is shown.
@Timeout(60)
final class MintKindsTest {
  private static final CredentialRef KEY = CredentialRef.parse("local:issuer#key");
  private static final String TOKEN =
      "{\"access_token\":\"canary-token\",\"token_type\":\"bearer\",\"expires_in\":60}";
  private static final String EXCHANGED =
      """
      {"access_token":"%s","token_type":"Bearer",
       "issued_token_type":"urn:ietf:params:oauth:token-type:access_token"}\
      """;
  private static final int PKCS1_OFFSET = 26; // of the key inside of the JDK's PKCS #8

  private final SettableClock clock = new SettableClock();
  private final StandIn server = new StandIn();
  private final HttpUpstream http = HttpUpstream.start(Resolution.SYSTEM, Set.of(server.origin()));
  private String stored = "";
  private Optional<Subject> subject = Optional.empty();

  @AfterEach
  void stop() {
    http.close();
    server.close();
  }

  @Test
  void aClientSignsWhoItIs() throws Exception {
    KeyPair keys = rsa();
    stored = pem("PRIVATE KEY", keys.getPrivate().getEncoded());
    server.answers(TOKEN);
    var client =
        new MintSettings.Client(
            url("/token"),
            "keyward",
            MintSettings.ClientAuth.PRIVATE_KEY_JWT,
            Optional.of(KEY),
            Optional.of("key-7"),
            Optional.empty());

    made(new MintSettings.ClientCredentials(client, Optional.of("crm-api")), "a");

    Map<String, String> form = form();
    assertEquals("client_credentials", form.get("grant_type"));
    assertEquals("crm-api", form.get("audience"));
    assertEquals("keyward", form.get("client_id"));
    assertEquals(
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        form.get("client_assertion_type"));
    assertFalse(form.containsKey("client_secret"));
    JsonNode claims = verified(String.valueOf(form.get("client_assertion")), keys, "SHA256withRSA");
    assertEquals("keyward", claims.path("iss").asString(""));
    assertEquals("keyward", claims.path("sub").asString(""));
    assertEquals(url("/token").toString(), claims.path("aud").asString(""));
    assertEquals(32, claims.path("jti").asString("").length());
    assertEquals(clock.instant().getEpochSecond() + 60, claims.path("exp").asLong());
  }

  @Test
  void anAssertionOnP256IsExchanged() throws Exception {
    var generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair keys = generator.generateKeyPair();
    stored = pem("PRIVATE KEY", keys.getPrivate().getEncoded());
    server.answers(TOKEN);

    made(
        new MintSettings.JwtBearer(
            url("/token"), "me", Optional.of("ada"), "them", KEY, Optional.empty()),
        "a b");

    Map<String, String> form = form();
    assertEquals("urn:ietf:params:oauth:grant-type:jwt-bearer", form.get("grant_type"));
    assertEquals("a b", form.get("scope"));
    JsonNode claims =
        verified(String.valueOf(form.get("assertion")), keys, "SHA256withECDSAinP1363Format");
    assertEquals(
        "me ada them", word(claims, "iss") + " " + word(claims, "sub") + " " + word(claims, "aud"));
  }

  @Test
  void aGoogleAccountSignsItsScopeAndGoesWhereTheSettingsSay() throws Exception {
    KeyPair keys = rsa();
    stored =
        JsonMapper.shared()
            .createObjectNode()
            .put("client_email", "bot@project.example")
            .put("private_key_id", "k1")
            .put("private_key", pem("PRIVATE KEY", keys.getPrivate().getEncoded()))
            .put("token_uri", "http://127.0.0.1:1/elsewhere")
            .toString();
    server.answers(TOKEN);

    made(new MintSettings.GoogleServiceAccount(KEY, url("/token"), Optional.empty()), "a b");

    JsonNode claims = verified(String.valueOf(form().get("assertion")), keys, "SHA256withRSA");
    assertEquals("bot@project.example", word(claims, "iss"));
    assertEquals("a b", word(claims, "scope"));
    assertEquals(url("/token").toString(), word(claims, "aud"));
  }

  @Test
  void aGitHubAppAsksForTheseRepositoriesAndPermissionsOnly() throws Exception {
    KeyPair keys = rsa();
    byte[] pkcs8 = keys.getPrivate().getEncoded();
    stored = pem("RSA PRIVATE KEY", Arrays.copyOfRange(pkcs8, PKCS1_OFFSET, pkcs8.length));
    server.answers(
        StandIn.of(
            201,
            "application/json",
            "{\"token\":\"ghs_canary\",\"expires_at\":\"2026-11-20T13:00:00Z\","
                + "\"permissions\":{\"issues\":\"read\",\"metadata\":\"read\"}}"));

    Minted minted = made(gitHub(), "issues:read");

    StandIn.Seen seen = server.journal().getFirst();
    assertEquals("/app/installations/99/access_tokens", seen.path());
    assertEquals("{\"repositories\":[\"web\"],\"permissions\":{\"issues\":\"read\"}}", seen.body());
    String app = seen.authorization().orElseThrow().substring("Bearer ".length());
    JsonNode claims = verified(app, keys, "SHA256withRSA");
    assertEquals("7", word(claims, "iss"));
    assertTrue(claims.path("exp").asLong() <= clock.instant().getEpochSecond() + 600);
    assertEquals(Instant.parse("2026-11-20T13:00:00Z"), minted.expires());
    assertEquals("issues:read metadata:read", minted.facts().got());
  }

  @Test
  void whoMayOnlyReadAtGitHubCannotAskToWrite() throws Exception {
    stored = pem("PRIVATE KEY", rsa().getPrivate().getEncoded());
    var mint = minting(gitHub(), "issues:read");

    assertInstanceOf(MintAnswer.Missing.class, mint.obtain(order("issues:write")));
    assertInstanceOf(
        MintAnswer.Missing.class, minting(gitHub(), "issues:write").obtain(order("contents:read")));
    assertEquals(List.of(), server.journal());
  }

  @Test
  void aClockThatIsWrongIsNamed() throws Exception {
    stored = pem("PRIVATE KEY", rsa().getPrivate().getEncoded());
    server.answers("{\"token\":\"ghs_canary\",\"expires_at\":\"2026-11-20T11:59:59Z\"}");

    var answer = minting(gitHub(), "issues:read").obtain(order(""));

    assertTrue(
        assertInstanceOf(MintAnswer.Unavailable.class, answer)
            .why()
            .contains("compare the clocks"));
  }

  @Test
  void aRoleIsAssumedWithASignedRequestAndWhatThePolicyLeaves() {
    stored = "AKIDEXAMPLE:canary-aws-secret";
    server.answers(
        "{\"AssumeRoleResponse\":{\"AssumeRoleResult\":{\"Credentials\":{"
            + "\"AccessKeyId\":\"ASIA1\",\"SecretAccessKey\":\"canary-s\","
            + "\"SessionToken\":\"canary-t\",\"Expiration\":1795179300}}}}");

    Minted minted =
        made(
            new MintSettings.AwsRole(
                server.origin(),
                "eu-central-1",
                "arn:aws:iam::1:role/reader",
                KEY,
                Optional.of("{\"Statement\":[]}"),
                Duration.ofMinutes(15)),
            "");

    StandIn.Seen seen = server.journal().getFirst();
    var signed = new SigV4.Signed("POST", server.origin().getRawAuthority(), "/", "", seen.body());
    assertEquals(
        seen.authorization().map(Secret::of),
        new SigV4("sts", "eu-central-1")
            .sign(signed, Secret.of(stored), clock.instant())
            .map(headers -> headers.get("authorization")));
    Map<String, String> form = form();
    assertEquals("AssumeRole", form.get("Action"));
    assertEquals("900", form.get("DurationSeconds"));
    assertEquals("{\"Statement\":[]}", form.get("Policy"));
    assertFalse(seen.body().contains("canary-aws-secret"));
    assertEquals(Secret.of("ASIA1:canary-s:canary-t"), minted.value());
    assertEquals(List.of(Secret.of("canary-s"), Secret.of("canary-t")), minted.parts());
  }

  @Test
  void anEndpointGivesATokenForAKey() {
    stored = "canary-key";
    server.answers("{\"data\":{\"token\":\"canary-token\",\"ttl\":90}}");

    Minted minted = made(endpoint(Optional.empty()), "");

    StandIn.Seen seen = server.journal().getFirst();
    assertEquals(Optional.of("Token canary-key"), seen.authorization());
    assertEquals("{\"role\":\"reader\"}", seen.body());
    assertEquals(Secret.of("canary-token"), minted.value());
    assertEquals(clock.instant().plusSeconds(90), minted.expires());
  }

  @Test
  void anInstallationsTokenIsGivenBackWithItself() {
    server.answers(StandIn.of(204, "", ""));

    assertEquals(new Revoked.Done(), revoked(gitHub()));

    StandIn.Seen seen = server.journal().getFirst();
    assertEquals("DELETE /installation/token", seen.method() + " " + seen.path());
    assertEquals(Optional.of("Bearer canary-token"), seen.authorization());
  }

  @Test
  void whatIsNotAcceptedAnyMoreHasBeenGivenBack() {
    server.answers(StandIn.of(401, "application/json", "{\"message\":\"Bad credentials\"}"));
    assertEquals(new Revoked.Done(), revoked(gitHub()));

    server.answers(StandIn.of(403, "application/json", "{\"error\":\"canary-said\"}"));
    var failed = assertInstanceOf(Revoked.Failed.class, revoked(gitHub()));
    assertEquals("is not given back: its issuer says no, with status 403", failed.why());
  }

  @Test
  void anEndpointIsShownTheTokenInThePlaceOfTheKey() {
    stored = "canary-key";
    server.answers(StandIn.of(200, "text/html", "bye"));

    assertEquals(new Revoked.Done(), revoked(endpoint(Optional.of(url("/sessions/current")))));

    StandIn.Seen seen = server.journal().getFirst();
    assertEquals("DELETE /sessions/current", seen.method() + " " + seen.path());
    assertEquals(Optional.of("Token canary-token"), seen.authorization());
    assertEquals(new Revoked.NotPossible(), revoked(endpoint(Optional.empty())));
  }

  private Revoked revoked(MintSettings.Way way) {
    return minting(way, "")
        .revoke("it", Secret.of("canary-token"), _ -> new Lookup.Missing("is not asked for"));
  }

  private MintSettings.Endpoint endpoint(Optional<URI> giveBack) {
    return new MintSettings.Endpoint(
        url("/sessions"),
        Map.of("X-Tenant", "a"),
        KEY,
        "Authorization",
        "Token ",
        Optional.of("{\"role\":\"reader\"}"),
        "/data/token",
        Optional.of("/data/ttl"),
        giveBack.map(url -> new MintSettings.GiveBack("DELETE", url)));
  }

  @Test
  void aKeyThatIsNoneIsToldWithoutShowingIt() {
    stored = "-----BEGIN PRIVATE KEY-----\ncanarycanary\n-----END PRIVATE KEY-----";

    var answer = minting(gitHub(), "issues:read").obtain(order(""));

    String why = assertInstanceOf(MintAnswer.Missing.class, answer).why();
    assertEquals("needs a private key in PEM, and what is stored is none", why);
    assertEquals(List.of(), server.journal());
  }

  @Test
  void theBrokersOwnTokenIsExchangedForOneOfAnotherAudience() {
    stored = "canary-client-secret";
    server.answers(
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          boolean own = body.startsWith("grant_type=client_credentials");
          StandIn.json(EXCHANGED.formatted(own ? "canary-own" : "canary-other")).answer(exchange);
        });

    Minted minted = made(exchange(Optional.empty(), false), "files:read");

    assertEquals("grant_type=client_credentials", server.journal().getFirst().body());
    Map<String, String> form = form(server.journal().getLast());
    assertEquals("canary-own", form.get("subject_token"));
    assertEquals("files-api", form.get("audience"));
    assertEquals("files:read", form.get("scope"));
    assertFalse(form.containsKey("actor_token"));
    assertEquals(Secret.of("canary-other"), minted.value());
    assertEquals(List.of(Secret.of("canary-own")), minted.parts());
    assertEquals(Optional.of("client"), minted.facts().subject());
  }

  @Test
  void whoActsIsShownBesideThePersonForWhom() {
    stored = "canary-client-secret";
    subject = Optional.of(new Subject("https://id.example", Secret.of("canary-person")));
    server.answers(EXCHANGED.formatted("canary-own"));

    Minted minted = made(exchange(Optional.of("https://id.example"), true), "");

    Map<String, String> form = form(server.journal().getLast());
    assertEquals("canary-person", form.get("subject_token"));
    assertEquals("canary-own", form.get("actor_token"));
    assertEquals("urn:ietf:params:oauth:token-type:access_token", form.get("actor_token_type"));
    assertEquals(Optional.of("delegator_with_actor"), minted.facts().subject());
  }

  @Test
  void aPersonsTokenOfAnotherIssuerIsNotShown() {
    stored = "canary-client-secret";
    subject = Optional.of(new Subject("https://evil.example", Secret.of("canary-person")));

    var answer = minting(exchange(Optional.of("https://id.example"), true), "").obtain(order(""));

    assertInstanceOf(MintAnswer.Missing.class, answer);
    assertEquals(List.of(), server.journal());
  }

  private MintSettings.TokenExchange exchange(Optional<String> subjectIssuer, boolean actor) {
    var client =
        new MintSettings.Client(
            url("/token"),
            "keyward",
            MintSettings.ClientAuth.BASIC,
            Optional.of(KEY),
            Optional.empty(),
            Optional.empty());
    return new MintSettings.TokenExchange(
        client, subjectIssuer, actor, Optional.of("files-api"), Optional.empty());
  }

  private MintSettings.GitHubApp gitHub() {
    return new MintSettings.GitHubApp(server.origin(), "7", "99", KEY, List.of("web"));
  }

  private Minted made(MintSettings.Way way, String scope) {
    return assertInstanceOf(MintAnswer.Made.class, minting(way, scope).obtain(order(scope)))
        .minted();
  }

  private Minting minting(MintSettings.Way way, String scope) {
    var settings = new MintSettings("it", way, optional(scope), Duration.ofSeconds(60));
    return new Minting(
        List.of(settings),
        http,
        clock,
        new Random(3),
        new SecretKeySpec(new byte[32], "HmacSHA256"),
        new ForgetfulJournal(),
        new NoConnections(),
        new FixedSubject(subject),
        Optional.empty());
  }

  private MintOrder order(String scope) {
    var use =
        new CredentialUse(CredentialRef.parse("mint:it"), new Placement.Bearer(), optional(scope));
    var caller =
        new Caller(
            new AgentId("a1"),
            "triage",
            "support",
            new PersonId("ada"),
            RunId.random(new Random(1)),
            Optional.empty());
    return new MintOrder(
        use,
        caller,
        () -> {},
        _ -> new Lookup.Found(new HeldSecret(Secret.of(stored), 1, Instant.EPOCH)));
  }

  private static Optional<String> optional(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }

  private URI url(String path) {
    return URI.create(server.origin() + path);
  }

  private Map<String, String> form() {
    return form(server.journal().getFirst());
  }

  private static Map<String, String> form(StandIn.Seen seen) {
    Map<String, String> form = new HashMap<>();
    for (String field : seen.body().split("&", -1)) {
      int equals = field.indexOf('=');
      form.put(
          field.substring(0, equals),
          URLDecoder.decode(field.substring(equals + 1), StandardCharsets.UTF_8));
    }
    return form;
  }

  private static JsonNode verified(String jwt, KeyPair keys, String algorithm)
      throws GeneralSecurityException {
    String[] parts = jwt.split("\\.", -1);
    var signature = Signature.getInstance(algorithm);
    signature.initVerify(keys.getPublic());
    signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
    assertTrue(signature.verify(Base64.getUrlDecoder().decode(parts[2])));
    return JsonMapper.shared().readTree(Base64.getUrlDecoder().decode(parts[1]));
  }

  private static String word(JsonNode claims, String name) {
    return claims.path(name).asString("");
  }

  private static KeyPair rsa() throws GeneralSecurityException {
    var generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    return generator.generateKeyPair();
  }

  private static String pem(String what, byte[] der) {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n";
  }
}
