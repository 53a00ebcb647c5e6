package dev.keyward.server.credential.vault;

import static dev.keyward.server.credential.vault.VaultContract.found;
import static dev.keyward.server.credential.vault.VaultContract.missing;
import static dev.keyward.server.credential.vault.VaultContract.unavailable;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.call.CanonicalJson;
import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import dev.keyward.server.SettableClock;
import dev.keyward.server.config.VaultSettings;
import dev.keyward.server.config.VaultSettings.Login;
import dev.keyward.server.credential.Canary;
import dev.keyward.server.credential.Lookup;
import dev.keyward.server.credential.StoreFinding;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/// What goes wrong at Vault or on the way to it, and what must not come of it.
@Timeout(60)
final class VaultFaultTest {
  private static final CredentialRef CRM = CredentialRef.parse("vault:kv/crm#token");
  private static final String VALUE = "canary-value-9sKd02Mx";
  private static final String NEXT = "canary-next-Tq0aZs8X";
  private static final String READ = "/v1/kv/data/crm";
  private static final String LOGIN = "/v1/auth/approle/login";
  private static final String LOOKUP = "/v1/auth/token/lookup-self";
  private static final String RENEW = "/v1/auth/token/renew-self";

  @TempDir Path folder;
  private final SettableClock clock = new SettableClock();
  private final VaultTwin twin = new VaultTwin(clock);
  private final VaultAdmin admin = new VaultAdmin(twin.address(), VaultTwin.ROOT, Optional.empty());
  private final List<VaultCredentials> open = new ArrayList<>();

  @BeforeEach
  void setUp() {
    admin.mount("kv");
    admin.policy("broker", "kv/data/");
    admin.write("kv", "crm", "token", VALUE);
  }

  @AfterEach
  void cleanUp() {
    open.forEach(VaultCredentials::close);
    twin.close();
  }

  @Test
  void openingAsksNothingAndWorksWithoutVault() throws Exception {
    int before = twin.journal().size();
    var store = withToken();
    assertEquals(before + 1, twin.journal().size(), "the making of the token");
    assertEquals(List.of(), List.copyOf(store.held()));

    twin.goDown();

    assertTrue(unavailable(store.current(CRM)).endsWith("Vault cannot be reached"));
  }

  @Test
  void vaultComingBackIsNoticedWithinSeconds() throws Exception {
    var store = withToken();
    twin.goDown();
    unavailable(store.current(CRM));

    twin.comeBack();
    assertInstanceOf(Lookup.Unavailable.class, store.current(CRM), "not asked again at once");
    clock.move(Duration.ofSeconds(3));

    assertEquals(Secret.of(VALUE), found(store.current(CRM)).value());
  }

  @Test
  void aKeptValueServesUntilItsTimeIsOverAndNotLonger() throws Exception {
    var store = withToken();
    store.current(CRM);
    twin.goDown();

    clock.move(Duration.ofSeconds(59));
    assertEquals(Secret.of(VALUE), found(store.current(CRM)).value());
    clock.move(Duration.ofSeconds(2));
    assertInstanceOf(Lookup.Unavailable.class, store.current(CRM));
  }

  @Test
  void aClockThatGoesBackKeepsNoValueLonger() throws Exception {
    var store = withToken();
    clock.move(Duration.ofMinutes(30));
    store.current(CRM);
    int before = reads().size();

    clock.move(Duration.ofMinutes(-30));
    store.current(CRM);

    assertEquals(1, reads().size() - before);
  }

  @Test
  void askingPastTheCacheInVainKeepsWhatThereIs() throws Exception {
    var store = withToken();
    store.current(CRM);
    twin.goDown();

    assertInstanceOf(Lookup.Unavailable.class, store.newest(CRM));

    assertEquals(Secret.of(VALUE), found(store.current(CRM)).value());
  }

  @Test
  void aSealedVaultSaysSo() throws Exception {
    var store = withToken();
    store.current(CRM);
    twin.seal(true);
    clock.move(Duration.ofSeconds(61));

    assertTrue(unavailable(store.current(CRM)).contains("sealed"));
    assertTrue(store.examine().toString().contains("is sealed (version 2.6.2)"));

    twin.seal(false);
    clock.move(Duration.ofSeconds(3));
    assertEquals(Secret.of(VALUE), found(store.current(CRM)).value());
  }

  @Test
  void aVaultThatNeverAnswersIsGivenUp() throws Exception {
    var store = withToken();
    store.current(CRM);
    clock.move(Duration.ofSeconds(61));
    var test = new CountDownLatch(1);
    twin.next(exchange -> await(test));

    assertTrue(unavailable(store.current(CRM)).endsWith("Vault does not answer in time"));

    test.countDown();
  }

  @Test
  void anAnswerThatNeverEndsIsGivenUp() throws Exception {
    var store = withToken();
    store.current(CRM);
    clock.move(Duration.ofSeconds(61));
    var test = new CountDownLatch(1);
    twin.next(
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write("{".getBytes(StandardCharsets.UTF_8));
          exchange.getResponseBody().flush();
          await(test);
        });

    assertTrue(unavailable(store.current(CRM)).endsWith("Vault does not answer in time"));

    test.countDown();
  }

  @Test
  void anAnswerWithoutMeasureIsNotReadWhole() throws Exception {
    var store = withToken();
    store.current(CRM);
    clock.move(Duration.ofSeconds(61));
    String large = "{\"data\":\"" + "x".repeat(2 << 20) + "\"}";
    for (int i = 0; i < 3; i++) {
      twin.next(VaultTwin.of(200, large));
    }

    assertTrue(unavailable(store.current(CRM)).endsWith("its answer was too large"));
  }

  @Test
  void whatMayPassIsAskedAgainAFewTimes() throws Exception {
    var store = withToken();
    twin.next(VaultTwin.of(503, "{\"errors\":[]}")); // the look at the token
    clock.move(Duration.ofSeconds(1));

    assertEquals(Secret.of(VALUE), found(store.current(CRM)).value());
    assertEquals(2, twin.journal(LOOKUP).size());

    for (int i = 0; i < 9; i++) {
      twin.next(VaultTwin.of(500, "{\"errors\":[\"canary-error-31b7\"]}"));
    }
    int before = reads().size();
    assertTrue(unavailable(store.newest(CRM)).endsWith("status 500"));
    assertEquals(3, reads().size() - before);
  }

  @Test
  void aRefusalIsNotAskedAgain() throws Exception {
    var store = withToken();
    store.current(CRM);
    int before = reads().size();
    twin.next(VaultTwin.of(400, "{\"errors\":[\"canary-error-31b7\"]}"));

    String why = unavailable(store.newest(CRM));

    assertEquals("cannot be read: Vault answers with status 400", why);
    assertEquals(1, reads().size() - before);
  }

  @Test
  void aRedirectIsNotFollowed() throws Exception {
    var store = withToken();
    store.current(CRM);
    try (var elsewhere = new VaultTwin(clock)) {
      twin.next(
          exchange -> {
            exchange.getResponseHeaders().set("Location", elsewhere.address() + READ);
            exchange.sendResponseHeaders(307, -1);
            exchange.close();
          });

      assertTrue(unavailable(store.newest(CRM)).contains("redirects (307)"));
      assertEquals(List.of(), elsewhere.journal());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "not json canary-body-5f",
        "{}",
        "{\"data\":{\"token\":\"canary-body-5f\"}}",
        "{\"data\":{\"data\":{\"token\":\"canary-body-5f\"}}}",
        "{\"data\":{\"data\":{\"token\":\"canary-body-5f\"},\"metadata\":{\"version\":0}}}",
        "{\"data\":{\"data\":\"canary-body-5f\",\"metadata\":{\"version\":1,"
            + "\"created_time\":\"2026-11-20T12:00:00Z\"}}}",
        "{\"data\":{\"data\":{\"token\":\"canary-body-5f\"},\"metadata\":{\"version\":1,"
            + "\"created_time\":\"yesterday\"}}}"
      })
  void anAnswerOfAnotherShapeIsNoValue(String body) throws Exception {
    var store = withToken();
    store.current(CRM);
    try (var canary = Canary.listening()) {
      twin.next(VaultTwin.of(200, body));

      String why = unavailable(store.newest(CRM));

      assertEquals("cannot be read: the answer has not the shape of Vault's", why);
      assertFalse(canary.logged().contains("canary"), canary.logged());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "[]", "null", "true", "\"\""})
  void aFieldThatIsNoTextIsNoValue(String field) throws Exception {
    var store = withToken();
    admin.need("POST", "kv/data/crm", "{\"data\":{\"token\":" + field + "}}");

    assertTrue(missing(store.current(CRM)).startsWith("has no text: version 2"));
  }

  @Test
  void manyWhoAskAtOnceCostOneRequest() throws Exception {
    var store = withToken();
    List<Lookup> got = new CopyOnWriteArrayList<>();
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      callers.add(Thread.startVirtualThread(() -> got.add(store.current(CRM))));
    }
    for (Thread caller : callers) {
      caller.join();
    }

    assertEquals(40, got.stream().filter(Lookup.Found.class::isInstance).count());
    assertEquals(1, reads().size());
    assertEquals(1, twin.journal(LOOKUP).size());
  }

  @Test
  void askingPastTheCacheIsLimitedToOnceASecond() throws Exception {
    var store = withToken();
    for (int i = 0; i < 20; i++) {
      store.newest(CRM);
    }
    assertEquals(1, reads().size());

    clock.move(Duration.ofMillis(1001));
    store.newest(CRM);
    assertEquals(2, reads().size());
  }

  @Test
  void thatSomethingIsMissingIsKeptForSecondsOnly() throws Exception {
    var store = withToken();
    CredentialRef none = CredentialRef.parse("vault:kv/none#token");
    missing(store.current(none));
    admin.write("kv", "none", "token", NEXT);

    missing(store.current(none));
    clock.move(Duration.ofSeconds(6));
    assertEquals(Secret.of(NEXT), found(store.current(none)).value());
  }

  @Test
  void aValueTakenAwayIsNotServedOnceSomebodyHasLooked() throws Exception {
    var store = withToken();
    store.current(CRM);
    admin.need("DELETE", "kv/data/crm", "");

    missing(store.newest(CRM));

    assertTrue(missing(store.current(CRM)).startsWith("is gone"));
  }

  @Test
  void everyRequestGoesOverOneConnectionAndIsMarked() throws Exception {
    var store = withToken();
    for (int i = 0; i < 50; i++) {
      clock.move(Duration.ofSeconds(2));
      found(store.newest(CRM));
    }

    Set<Integer> clients = new HashSet<>();
    reads().forEach(seen -> clients.add(seen.client()));
    assertEquals(1, clients.size());
    assertTrue(reads().stream().allMatch(seen -> seen.marked().isPresent()));
  }

  /// The driver would take it where no other token was set, as at a login.
  @Test
  void theTokenFileOfTheCommandLineToolIsNotPickedUp() throws Exception {
    Files.writeString(folder.resolve(".vault-token"), "hvs.canary-of-a-person-4c1e");
    String home = System.getProperty("user.home");
    System.setProperty("user.home", folder.toString());
    try {
      var store = withAppRole("\"token_ttl\":3600");
      found(store.current(CRM));
      store.examine();
    } finally {
      System.setProperty("user.home", home);
    }

    assertEquals(Optional.empty(), twin.journal(LOGIN).getFirst().token());
    assertTrue(twin.journal().stream().noneMatch(seen -> seen.toString().contains("of-a-person")));
  }

  @Test
  void theTokenComesFromTheOneVariableThatTheSettingsName() throws Exception {
    String token = admin.token("broker", "\"ttl\":\"1h\"");
    List<String> asked = new ArrayList<>();
    var store =
        VaultCredentials.open(
            settings(new Login.TokenVariable("OUR_TOKEN")),
            name -> {
              asked.add(name);
              return Optional.of(token + "\n");
            },
            clock,
            new Random(7));
    open.add(store);

    assertEquals(Secret.of(VALUE), found(store.current(CRM)).value());
    assertEquals(Set.of("OUR_TOKEN"), Set.copyOf(asked));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \n", "two words", "a\nb", "caf\u00e9"})
  void aFileThatHoldsNoTokenOpensNothing(String content) throws Exception {
    Files.writeString(folder.resolve("token"), content);

    String why = unavailable(open(new Login.TokenFile(folder.resolve("token"))).current(CRM));

    assertTrue(why.endsWith("must hold one token or secret id and nothing else"), why);
    assertEquals(List.of(), twin.journal(LOOKUP));
  }

  @Test
  void aSecretIdThatWasRefusedIsNotShownAgainSoon() throws Exception {
    var store = withAppRole("\"token_ttl\":3600");
    Files.writeString(folder.resolve("secret-id"), "canary-wrong-77af");
    try (var canary = Canary.listening()) {
      for (int i = 0; i < 10; i++) {
        clock.move(Duration.ofSeconds(3));
        assertTrue(unavailable(store.current(CRM)).contains("refuses the login"));
      }
      assertEquals(1, twin.journal(LOGIN).size());
      assertFalse(canary.logged().contains("canary"), canary.logged());
    }

    Files.writeString(folder.resolve("secret-id"), admin.secretId("approle", "broker"));
    clock.move(Duration.ofSeconds(3));
    assertEquals(Secret.of(VALUE), found(store.current(CRM)).value());
  }

  @Test
  void whileVaultIsDownThoseWhoNeedATokenDoNotFailOneAfterTheOther() throws Exception {
    var store = withAppRole("\"token_ttl\":3600");
    for (int i = 0; i < 30; i++) {
      twin.next(VaultTwin.of(500, "{}"));
    }
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      var ref = CredentialRef.parse("vault:kv/crm" + i + "#token");
      callers.add(Thread.startVirtualThread(() -> store.current(ref)));
    }
    for (Thread caller : callers) {
      caller.join();
    }

    assertEquals(3, twin.journal(LOGIN).size());
  }

  @Test
  void aTokenIsRenewedAtAboutTwoThirdsOfItsLife() throws Exception {
    var store = withAppRole("\"token_ttl\":3600");
    store.current(CRM);

    clock.move(Duration.ofMinutes(35));
    store.tendNow();
    assertEquals(0, twin.journal(RENEW).size());

    clock.move(Duration.ofMinutes(9));
    store.tendNow();
    assertEquals(1, twin.journal(RENEW).size());
    assertEquals(1, twin.journal(LOGIN).size());
  }

  @Test
  void aTokenNearItsLastEndIsReplacedByALogin() throws Exception {
    var store = withAppRole("\"token_ttl\":3600,\"token_max_ttl\":4000");
    store.current(CRM);

    clock.move(Duration.ofMinutes(45));
    store.tendNow();

    assertEquals(2, twin.journal(LOGIN).size());
    clock.move(Duration.ofMinutes(30));
    assertEquals(Secret.of(VALUE), found(store.current(CRM)).value());
    assertEquals(2, twin.journal(LOGIN).size());
  }

  @Test
  void aTokenThatCannotBeRenewedIsReplacedByALogin() throws Exception {
    var store = withAppRole("\"token_ttl\":3600,\"token_type\":\"batch\"");
    store.current(CRM);

    clock.move(Duration.ofMinutes(45));
    store.tendNow();

    assertEquals(0, twin.journal(RENEW).size());
    assertEquals(2, twin.journal(LOGIN).size());
  }

  @Test
  void aRenewalThatFailsForNowIsTriedAgain() throws Exception {
    var store = withAppRole("\"token_ttl\":3600");
    store.current(CRM);
    clock.move(Duration.ofMinutes(45));
    twin.goDown();
    store.tendNow();

    twin.comeBack();
    clock.move(Duration.ofSeconds(11));
    store.tendNow();

    assertEquals(1, twin.journal(RENEW).size());
    assertEquals(1, twin.journal(LOGIN).size());
    assertEquals(Secret.of(VALUE), found(store.current(CRM)).value());
  }

  @Test
  void anEndedTokenIsNotEvenShown() throws Exception {
    var store = withAppRole("\"token_ttl\":3600");
    store.current(CRM);
    String first = reads().getLast().token().orElseThrow();

    clock.move(Duration.ofHours(2));
    found(store.current(CRM));

    assertNotEquals(first, reads().getLast().token().orElseThrow());
    assertEquals(2, reads().size());
  }

  @Test
  void aGivenTokenThatCannotBeRenewedIsReportedAndItsFileReadAgain() throws Exception {
    Files.writeString(
        folder.resolve("token"), admin.token("broker", "\"ttl\":\"1h\",\"renewable\":false"));
    var store = open(new Login.TokenFile(folder.resolve("token")));
    store.current(CRM);
    assertTrue(store.examine().toString().contains("cannot be renewed"));
    try (var canary = Canary.listening()) {
      clock.move(Duration.ofMinutes(45));
      store.tendNow();
      assertTrue(canary.logged().contains("cannot be renewed any more"), canary.logged());
    }

    String other = admin.token("broker", "\"ttl\":\"1h\"");
    Files.writeString(folder.resolve("token"), other);
    clock.move(Duration.ofSeconds(11));
    store.tendNow();

    found(store.newest(CRM));
    assertEquals(Optional.of(other), reads().getLast().token());
  }

  /// Whoever could read Vault's log or sit on the way would see it before the redactor knew it.
  @Test
  void theBrokersOwnSecretsAreKnownBeforeTheyAreUsed() throws Exception {
    var store = withAppRole("\"token_ttl\":3600");
    List<Collection<Secret>> told = new CopyOnWriteArrayList<>();
    store.onChange(() -> told.add(store.held()));
    List<String> unknown = new CopyOnWriteArrayList<>();
    twin.onRequest(
        seen -> {
          Collection<Secret> known = told.isEmpty() ? List.of() : told.getLast();
          boolean token = seen.token().map(Secret::of).map(known::contains).orElse(true);
          boolean login = !seen.path().equals(LOGIN) || !known.isEmpty();
          if (!token || !login) {
            unknown.add(seen.path());
          }
        });

    found(store.current(CRM));

    assertEquals(List.of(), unknown);
    assertEquals(2, told.size());
  }

  @Test
  void aReplacedTokenStaysKnownUntilItEnds() throws Exception {
    var store = withAppRole("\"token_ttl\":3600");
    found(store.current(CRM));
    Secret first = Secret.of(reads().getLast().token().orElseThrow());
    admin.revoke(reads().getLast().token().orElseThrow());
    found(store.newest(CRM));

    clock.move(Duration.ofMinutes(59));
    assertTrue(store.held().contains(first));
    clock.move(Duration.ofMinutes(2));
    assertFalse(store.held().contains(first));
  }

  @Test
  void theExaminationNamesWhatIsWeak() throws Exception {
    Files.writeString(folder.resolve("token"), VaultTwin.ROOT);
    Files.setPosixFilePermissions(
        folder.resolve("token"), PosixFilePermissions.fromString("rw-r--r--"));
    var store = open(new Login.TokenFile(folder.resolve("token")));

    String findings = store.examine().toString();

    assertTrue(findings.contains("never ends"), findings);
    assertTrue(findings.contains("policy root"), findings);
    assertTrue(findings.contains("is open to others"), findings);
    assertFalse(findings.contains(VaultTwin.ROOT));
  }

  @Test
  void theExaminationOfAnotherServerSaysThatItIsNoVault() throws Exception {
    var store = withToken();
    twin.next(VaultTwin.of(200, "{\"version\":\"canary-version-11aa\"}"));

    List<StoreFinding> findings = store.examine();

    assertEquals(StoreFinding.Level.PROBLEM, findings.getFirst().level());
    assertTrue(findings.getFirst().detail().startsWith("answers, but not as Vault does"));
    assertFalse(findings.toString().contains("canary"));
  }

  @Test
  void aClientThatWouldLogTheTokenIsNotStarted() {
    System.setProperty("jdk.httpclient.HttpClient.log", "errors,headers");
    try {
      assertThrows(IllegalArgumentException.class, this::withToken);
    } finally {
      System.clearProperty("jdk.httpclient.HttpClient.log");
    }
  }

  @Test
  void nothingPrintsASecret() throws Exception {
    var store = withAppRole("\"token_ttl\":3600");
    Lookup found = store.current(CRM);
    String token = reads().getLast().token().orElseThrow();
    var own = new VaultToken(Secret.of(token), Optional.empty(), Duration.ZERO, false);

    String printed = store + " " + found + " " + store.held() + " " + own + " " + store.examine();

    Canary.assertFree(printed, VALUE);
    Canary.assertFree(printed, token);
    Canary.assertFree(printed, Files.readString(folder.resolve("secret-id")).strip());
  }

  /// What was asked for the secret; the test's own writing of it aside.
  private List<VaultTwin.Seen> reads() {
    return twin.journal(READ).stream().filter(seen -> seen.method().equals("GET")).toList();
  }

  @Test
  void anotherNodeAnswersForOneThatIsGoneAndIsAskedFirstFromThenOn() throws Exception {
    try (var other = new VaultTwin(clock)) {
      var there = new VaultAdmin(other.address(), VaultTwin.ROOT, Optional.empty());
      there.mount("kv");
      there.write("kv", "crm", "token", NEXT);
      Files.writeString(folder.resolve("token"), VaultTwin.ROOT);
      var store =
          open(
              settings(
                  List.of(twin.address(), other.address()),
                  new Login.TokenFile(folder.resolve("token"))));
      assertEquals(Secret.of(VALUE), found(store.current(CRM)).value());
      int before = other.journal().size();

      twin.goDown();
      clock.move(Duration.ofSeconds(61));
      assertEquals(Secret.of(NEXT), found(store.current(CRM)).value());
      twin.comeBack();
      clock.move(Duration.ofSeconds(61));
      assertEquals(Secret.of(NEXT), found(store.current(CRM)).value());

      assertEquals(2, other.journal().size() - before);
      other.seal(true);
      clock.move(Duration.ofSeconds(61));
      assertEquals(
          Secret.of(VALUE), found(store.current(CRM)).value(), "a sealed one is passed by");
      String findings = store.examine().toString();
      assertTrue(findings.contains(twin.address() + ", detail=answers and is unsealed"), findings);
      assertTrue(findings.contains(other.address() + ", detail=is sealed"), findings);
    }
  }

  @Test
  void whereNoNodeAnswersThatIsSaid() throws Exception {
    Files.writeString(folder.resolve("token"), VaultTwin.ROOT);
    var down = URI.create("http://127.0.0.1:1");
    var store = open(settings(List.of(down, down), new Login.TokenFile(folder.resolve("token"))));

    assertTrue(unavailable(store.current(CRM)).endsWith("Vault cannot be reached"));
  }

  /// Kubernetes, "Login": the same shape as a JWT login, with the service account's token.
  @Test
  void aServiceAccountsTokenIsReadAtEachLogin() throws Exception {
    Path file = Files.writeString(folder.resolve("sa"), "sa-token-one\n");
    String login = "/v1/auth/kubernetes/login";
    twin.next(issuing("hvs.k8s-one"));
    var store = open(new Login.Jwt("kubernetes", "broker", file));
    assertInstanceOf(Lookup.Unavailable.class, store.current(CRM), "the twin knows no such token");

    Files.writeString(file, "sa-token-two");
    clock.move(Duration.ofSeconds(3));
    store.current(CRM);

    assertEquals(
        "{\"jwt\":\"sa-token-one\",\"role\":\"broker\"}",
        CanonicalJson.write(JsonMapper.shared().readTree(twin.journal(login).getFirst().body())));
    assertTrue(twin.journal(login).getLast().body().contains("sa-token-two"));
    assertTrue(twin.journal(login).stream().allMatch(seen -> seen.token().isEmpty()));
    assertTrue(store.held().contains(Secret.of("sa-token-one")), "scrubbed from then on");
  }

  @Test
  void aRefusedJwtIsNotShownAgainForAMinute() throws Exception {
    Path file = Files.writeString(folder.resolve("jwt"), "jwt-canary");
    var store = open(new Login.Jwt("jwt", "broker", file));

    String why = unavailable(store.current(CRM));
    clock.move(Duration.ofSeconds(30));
    store.current(CRM);

    assertTrue(why.contains("refuses the login with a JWT as role broker"), why);
    Canary.assertFree(why, "jwt-canary");
    assertEquals(1, twin.journal("/v1/auth/jwt/login").size());
  }

  @Test
  void aTokenFileThatChangedIsUsedThoughTheOldTokenLives() throws Exception {
    var store = withToken();
    store.current(CRM);
    String next = admin.token("broker", "\"ttl\":\"1h\"");

    Files.writeString(folder.resolve("token"), next);
    Files.setLastModifiedTime(
        folder.resolve("token"), FileTime.from(Instant.parse("2030-01-01T00:00:00Z")));
    store.tendNow();
    store.newest(CRM);

    assertEquals(Optional.of(next), reads().getLast().token());
  }

  /// Response wrapping, "Response wrapping token validation": who took the token has opened it.
  @Test
  void aWrappingTokenThatSomebodyElseHasOpenedIsAnAlarm() throws Exception {
    var login = wrapped("\"token_ttl\":3600");
    String stolen = Files.readString(folder.resolve("wrapped"));
    new VaultAdmin(twin.address(), stolen, Optional.empty())
        .need("POST", "sys/wrapping/unwrap", "{}");
    var store = open(login);

    String why = unavailable(store.current(CRM));

    assertTrue(why.contains("somebody else has opened it"), why);
    assertEquals(0, twin.journal(LOGIN).size());
  }

  /// An attacker who opened the real one puts a wrapping of their own in its place.
  @Test
  void aWrappingTokenOfAnotherOriginIsNotOpened() throws Exception {
    var login = wrapped("\"token_ttl\":3600");
    String forged =
        admin.wrapping("POST", "sys/wrapping/wrap", "{\"secret_id\":\"of-the-attacker\"}");
    Files.writeString(folder.resolve("wrapped"), forged);
    var store = open(login);

    String why = unavailable(store.current(CRM));

    assertTrue(why.contains("wraps no secret id of auth/approle"), why);
    assertEquals(0, twin.journal("/v1/sys/wrapping/unwrap").size());
    assertEquals(0, twin.journal(LOGIN).size());
  }

  @Test
  void anUnwrappedSecretIdServesForLaterLogins() throws Exception {
    var store = open(wrapped("\"token_ttl\":60"));
    assertEquals(Secret.of(VALUE), found(store.current(CRM)).value());

    clock.move(Duration.ofSeconds(70));
    assertEquals(Secret.of(VALUE), found(store.current(CRM)).value());

    assertEquals(1, twin.journal("/v1/sys/wrapping/unwrap").size());
    assertEquals(2, twin.journal(LOGIN).size());
  }

  private Login wrapped(String settings) throws Exception {
    String roleId = admin.appRole("approle", "broker", "broker", settings);
    String wrapping = admin.wrapping("POST", "auth/approle/role/broker/secret-id", "{}");
    Files.writeString(folder.resolve("wrapped"), wrapping);
    return new Login.WrappedAppRole("approle", roleId, folder.resolve("wrapped"));
  }

  private static VaultTwin.Script issuing(String token) {
    return VaultTwin.of(
        200,
        "{\"auth\":{\"client_token\":\""
            + token
            + "\",\"lease_duration\":60,\"renewable\":false}}");
  }

  private VaultCredentials withToken() throws Exception {
    Files.writeString(folder.resolve("token"), admin.token("broker", "\"ttl\":\"1h\""));
    return open(new Login.TokenFile(folder.resolve("token")));
  }

  private VaultCredentials withAppRole(String settings) throws Exception {
    String roleId = admin.appRole("approle", "broker", "broker", settings);
    Files.writeString(folder.resolve("secret-id"), admin.secretId("approle", "broker"));
    return open(new Login.AppRole("approle", roleId, folder.resolve("secret-id")));
  }

  private VaultCredentials open(Login login) {
    return open(settings(login));
  }

  private VaultCredentials open(VaultSettings settings) {
    var store = VaultCredentials.open(settings, _ -> Optional.empty(), clock, new Random(7));
    open.add(store);
    return store;
  }

  private VaultSettings settings(Login login) {
    return settings(List.of(twin.address()), login);
  }

  private static VaultSettings settings(List<URI> addresses, Login login) {
    return new VaultSettings(
        addresses,
        Optional.empty(),
        Set.of(),
        login,
        Optional.empty(),
        Optional.empty(),
        Duration.ofSeconds(2),
        Duration.ofSeconds(2),
        Duration.ofSeconds(60));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
