package dev.keyward.server.credential.mint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.call.AgentId;
import dev.keyward.call.CallRefused;
import dev.keyward.call.Caller;
import dev.keyward.call.PersonId;
import dev.keyward.call.Refusal;
import dev.keyward.call.RunId;
import dev.keyward.catalog.CredentialRef;
import dev.keyward.catalog.CredentialUse;
import dev.keyward.catalog.Placement;
import dev.keyward.redaction.Secret;
import dev.keyward.server.SettableClock;
import dev.keyward.server.StandIn;
import dev.keyward.server.config.MintSettings;
import dev.keyward.server.credential.Canary;
import dev.keyward.server.credential.FixedSubject;
import dev.keyward.server.credential.ForgetfulJournal;
import dev.keyward.server.credential.HeldSecret;
import dev.keyward.server.credential.Lookup;
import dev.keyward.server.credential.MintAnswer;
import dev.keyward.server.credential.MintOrder;
import dev.keyward.server.credential.Minted;
import dev.keyward.server.credential.NoConnections;
import dev.keyward.server.upstream.HttpUpstream;
import dev.keyward.server.upstream.Resolution;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class MintingTest {
  private static final CredentialRef SECRET = CredentialRef.parse("local:crm#client_secret");
  private static final String CLIENT_SECRET = "canary:client+secret/77f0";
  private static final CredentialRef CRM = CredentialRef.parse("mint:crm");
  private static final RunId RUN = RunId.random(new Random(1));
  private static final RunId OTHER_RUN = RunId.random(new Random(2));

  private static final String NEXT =
      "{\"access_token\":\"canary-next\",\"token_type\":\"Bearer\",\"expires_in\":300}";

  private final SettableClock clock = new SettableClock();
  private final StandIn server = new StandIn();
  private final HttpUpstream http = HttpUpstream.start(Resolution.SYSTEM, Set.of(server.origin()));
  private final AtomicInteger tokens = new AtomicInteger();
  private final Minting mint = minting(MintSettings.ClientAuth.BASIC);

  @AfterEach
  void stop() {
    http.close();
    server.close();
  }

  @Test
  void aTokenIsAskedForAsTheStandardSays() {
    givesTokens(",\"expires_in\":300,\"scope\":\"tickets:read\"");

    Minted minted = made(order("tickets:read"));

    StandIn.Seen seen = server.journal().getFirst();
    assertEquals("POST /token", seen.method() + " " + seen.path());
    assertEquals("grant_type=client_credentials&scope=tickets%3Aread", seen.body());
    assertEquals(
        Optional.of("Basic a2V5d2FyZDpjYW5hcnklM0FjbGllbnQlMkJzZWNyZXQlMkY3N2Yw"), // both parts
        // form-encoded
        seen.authorization());
    assertEquals(Secret.of("canary-token-1"), minted.value());
    assertEquals(clock.instant().plusSeconds(300), minted.expires());
    assertEquals("oauth_client_credentials", minted.facts().kind());
    assertEquals("tickets:read", minted.facts().asked());
    assertEquals("tickets:read", minted.facts().got());
    Canary.assertFree(minted.toString(), "canary-token-1");
  }

  @Test
  void aClientMayShowItsSecretInTheForm() {
    givesTokens("");

    obtain(minting(MintSettings.ClientAuth.POST), order(""));

    StandIn.Seen seen = server.journal().getFirst();
    assertTrue(
        seen.body().endsWith("&client_id=keyward&client_secret=canary%3Aclient%2Bsecret%2F77f0"));
    assertEquals(Optional.empty(), seen.authorization());
  }

  @Test
  void aToolGetsNoMoreThanTheSettingsGive() {
    givesTokens("");

    for (String scope : List.of("admin", "tickets:read admin", "tickets", "tickets:read,admin")) {
      var missing = assertInstanceOf(MintAnswer.Missing.class, mint.obtain(order(scope)));
      assertTrue(missing.why().contains("may not have the scope"));
    }
    assertEquals(List.of(), server.journal());
  }

  @Test
  void nobodyIsAskedBeforeTheIntentIsDurable() {
    givesTokens("");
    Runnable fails =
        () -> {
          throw new CallRefused(new Refusal.AuditUnavailable());
        };
    var order = new MintOrder(use("tickets:read"), caller(RUN), fails, MintingTest::stored);

    assertThrows(CallRefused.class, () -> mint.obtain(order));

    assertEquals(List.of(), server.journal());
    made(order("tickets:read")); // and nobody is locked out by that
  }

  @Test
  void sixtyFourWhoWaitCostOneRequest() throws Exception {
    givesTokens(",\"expires_in\":300");

    Set<Secret> values = together(() -> made(order("tickets:read")).value());

    assertEquals(Set.of(Secret.of("canary-token-1")), values);
    assertEquals(1, server.journal().size());
  }

  @Test
  void sixtyFourWhoWaitForAFailureCostOneRequest() throws Exception {
    server.answers(StandIn.of(503, "application/json", "{}"));

    together(() -> assertInstanceOf(MintAnswer.Unavailable.class, mint.obtain(order(""))));

    assertEquals(1, server.journal().size());
    clock.move(Duration.ofSeconds(2));
    givesTokens("");
    made(order(""));
  }

  @Test
  void everyRunAndEveryScopeHasATokenOfItsOwn() {
    givesTokens(",\"expires_in\":300");

    Secret one = made(order("tickets:read")).value();

    assertEquals(one, made(order("tickets:read")).value());
    assertNotEquals(one, made(order("tickets:write")).value());
    assertNotEquals(one, made(order(OTHER_RUN, "tickets:read")).value());
    mint.runEnded(RUN);
    assertNotEquals(one, made(order("tickets:read")).value());
    assertEquals(4, server.journal().size());
  }

  @Test
  void theNextTokenIsFetchedBeforeTheOldOneIsOver() {
    givesTokens(",\"expires_in\":300");
    Secret first = made(order("")).value();

    clock.move(Duration.ofSeconds(200));
    assertEquals(first, made(order("")).value());
    clock.move(Duration.ofSeconds(35)); // 55 s before it is lent no more
    assertNotEquals(first, made(order("")).value());
  }

  @Test
  void aFailureAheadOfTheEndHurtsNobody() {
    givesTokens(",\"expires_in\":300");
    Secret first = made(order("")).value();
    server.answers(StandIn.of(500, "text/html", "<h1>broken</h1>"));

    clock.move(Duration.ofMinutes(4));
    assertEquals(first, made(order("")).value());
    clock.move(Duration.ofSeconds(55)); // 5 s before its end it is lent no more
    assertInstanceOf(MintAnswer.Unavailable.class, mint.obtain(order("")));
  }

  @Test
  void aSlowIssuerKeepsNobodyWaitingWhileTheOldTokenWorks() throws Exception {
    givesTokens(",\"expires_in\":300");
    Secret first = made(order("")).value();
    clock.move(Duration.ofMinutes(4));
    var arrived = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    server.answers(StandIn.held(arrived, go, StandIn.json(NEXT)));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Secret> fetching = threads.submit(() -> made(order("")).value());
      assertTrue(arrived.await(30, TimeUnit.SECONDS));

      assertEquals(Set.of(first), together(() -> made(order("")).value()));

      go.countDown();
      assertEquals(Secret.of("canary-next"), fetching.get());
    }
    assertEquals(2, server.journal().size());
  }

  @Test
  void aClockThatIsSetByTenMinutesCostsANewTokenAndNoFailedCalls() {
    givesTokens(",\"expires_in\":300");
    Minted first = made(order(""));

    clock.move(Duration.ofMinutes(-10)); // it may have run out by now
    Minted second = made(order(""));
    assertNotEquals(first.value(), second.value());
    clock.move(Duration.ofMinutes(10));
    assertNotEquals(second.value(), made(order("")).value());
    assertEquals(3, server.journal().size());
  }

  @Test
  void whatIsRefusedAfterTheClockWasSetBackIsReplacedAtOnceAndAFailureDoesNotStand() {
    givesTokens(",\"expires_in\":300");
    Minted first = made(order(""));
    clock.move(Duration.ofMinutes(-10));
    server.answers(StandIn.of(503, "application/json", "{}"));
    assertInstanceOf(MintAnswer.Unavailable.class, mint.renew(order(""), first));

    clock.move(Duration.ofMinutes(-10));
    givesTokens(",\"expires_in\":300");

    assertNotEquals(first.value(), value(mint.renew(order(""), first)));
  }

  @Test
  void whatAnUpstreamRefusesIsReplacedOnceForAllAndNotWhileItIsYoung() {
    givesTokens(",\"expires_in\":300");
    Minted first = made(order(""));

    assertEquals(first.value(), value(mint.renew(order(""), first)));
    clock.move(Duration.ofSeconds(6));
    Secret second = value(mint.renew(order(""), first));
    assertNotEquals(first.value(), second);
    assertEquals(second, value(mint.renew(order(""), first)));
    assertEquals(2, server.journal().size());
  }

  @Test
  void whatWasRejectedIsNotLentAgain() {
    givesTokens(",\"expires_in\":300");
    Minted first = made(order(""));
    clock.move(Duration.ofSeconds(6));

    mint.rejected(order(""), first);
    Minted second = made(order(""));
    mint.rejected(order(""), first); // somebody who is late takes nothing from the new one

    assertNotEquals(first.value(), second.value());
    assertEquals(second.value(), made(order("")).value());
  }

  @Test
  void theRedactorKnowsAValueBeforeItIsUsedAndUntilItIsOverEverywhere() {
    givesTokens(",\"expires_in\":300");
    List<Integer> known = new ArrayList<>();
    mint.onChange(() -> known.add(mint.held().size()));

    made(order(""));
    assertEquals(List.of(1), known);
    clock.move(Duration.ofMinutes(30));
    made(order(""));
    assertEquals(List.of(1, 2), known);
    clock.move(Duration.ofMinutes(40));
    made(order(""));
    assertEquals(List.of(1, 2, 2), known);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "\"access_token\":\"t\",\"token_type\":\"DPoP\"|another type",
        "\"access_token\":\"t\"|another type",
        "\"token_type\":\"bearer\"|no usable token",
        "\"access_token\":7,\"token_type\":\"bearer\"|no usable token",
        "\"access_token\":\"\",\"token_type\":\"bearer\"|no usable token",
        "\"access_token\":\"a\\r\\nX: y\",\"token_type\":\"bearer\"|no usable token",
        "\"access_token\":\"t\",\"token_type\":\"bearer\",\"expires_in\":0|positive",
        "\"access_token\":\"t\",\"token_type\":\"bearer\",\"expires_in\":-1|positive",
        "\"access_token\":\"t\",\"token_type\":\"bearer\",\"expires_in\":1.5|positive",
        "\"access_token\":\"t\",\"token_type\":\"bearer\",\"expires_in\":\"soon\"|positive",
        "\"access_token\":\"t\",\"token_type\":\"bearer\",\"expires_in\":{}|positive",
        "\"access_token\":\"t\",\"token_type\":\"bearer\",\"scope\":\"a\\nb\"|scope",
        "\"access_token\":\"t\",\"access_token\":\"u\",\"token_type\":\"bearer\"|malformed",
      })
  void anAnswerThatIsNotWhatItShouldBeIsRefused(String fields, String why) {
    server.answers("{" + fields + "}");

    assertTrue(why(mint.obtain(order(""))).contains(why));
  }

  @ParameterizedTest
  @ValueSource(strings = {"999999999999999999", "\"999999999999999999\"", "31622400000"})
  void aHugeLifetimeIsCutAndTheTokenIsFetchedAnewEachHour(String seconds) {
    givesTokens(",\"expires_in\":" + seconds);
    Minted first = made(order(""));

    assertEquals(clock.instant().plus(Duration.ofDays(366)), first.expires());
    clock.move(Duration.ofMinutes(61));
    assertNotEquals(first.value(), made(order("")).value());
  }

  @Test
  void withoutALifetimeTheSettingsOneCounts() {
    givesTokens("");

    assertEquals(clock.instant().plusSeconds(120), made(order("")).expires());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "400|{\"error\":\"invalid_scope\",\"error_description\":\"canary-said\"}|invalid_scope",
        "401|{\"error\":\"invalid_client\"}|invalid_client",
        "400|{\"error\":\"canary-said\"}|status 400",
        "403|<h1>canary-said</h1>|status 403",
      })
  void aRefusalLastsAndRepeatsNothingOfTheAnswer(int status, String body, String why) {
    server.answers(StandIn.of(status, "application/json", body));

    var missing = assertInstanceOf(MintAnswer.Missing.class, mint.obtain(order("")));

    assertTrue(missing.why().contains(why), missing.why());
    assertFalse(missing.why().contains("canary-said"));
  }

  @Test
  void aRedirectIsNotFollowed() {
    server.answers(StandIn.of(307, "text/plain", "", "Location", server.origin() + "/elsewhere"));

    assertTrue(why(mint.obtain(order(""))).contains("redirect"));
    assertEquals(1, server.journal().size());
  }

  @Test
  void anAnswerThatIsHugeOrAPageIsRefused() {
    server.answers("{\"access_token\":\"" + "x".repeat(300 << 10) + "\"}");
    assertTrue(why(mint.obtain(order(""))).contains("larger"));

    clock.move(Duration.ofSeconds(2));
    server.answers(StandIn.of(200, "text/html", "<html>log in</html>"));
    assertTrue(why(mint.obtain(order(""))).contains("another type"));
  }

  @Test
  void anIssuerThatIsDownIsUnavailable() {
    server.goDown();

    assertInstanceOf(MintAnswer.Unavailable.class, mint.obtain(order("")));
  }

  @Test
  void anAddressThatIsNotAllowedIsNotConnectedTo() {
    try (var strict = HttpUpstream.start(Resolution.SYSTEM, Set.of())) {
      var there =
          new Minting(
              List.of(settings(MintSettings.ClientAuth.BASIC)),
              strict,
              clock,
              new Random(3),
              new SecretKeySpec(new byte[32], "HmacSHA256"),
              new ForgetfulJournal(),
              new NoConnections(),
              new FixedSubject(),
              Optional.empty());

      assertTrue(why(there.obtain(order(""))).contains("address is not allowed"));
    }
    assertEquals(List.of(), server.journal());
  }

  @Test
  void noLogHoldsATokenOrASecret() {
    try (var log = Canary.listening()) {
      givesTokens(",\"expires_in\":300");
      made(order(""));
      server.answers(StandIn.of(400, "application/json", "{\"error\":\"canary-token-1\"}"));
      clock.move(Duration.ofSeconds(400));
      mint.obtain(order(""));

      Canary.assertFree(log.logged(), "canary-token-1");
      Canary.assertFree(log.logged(), CLIENT_SECRET);
    }
  }

  @Test
  void aMintThatNobodyDescribedMakesNothing() {
    var unknown =
        new CredentialUse(
            CredentialRef.parse("mint:other"), new Placement.Bearer(), Optional.empty());

    assertTrue(mint.obstacle(unknown, MintingTest::stored).isPresent());
    assertInstanceOf(
        MintAnswer.Missing.class,
        mint.obtain(new MintOrder(unknown, caller(RUN), () -> {}, MintingTest::stored)));
  }

  /// Each token is another one.
  private void givesTokens(String more) {
    server.answers(
        exchange ->
            StandIn.json(
                    "{\"access_token\":\"canary-token-"
                        + tokens.incrementAndGet()
                        + "\",\"token_type\":\"Bearer\""
                        + more
                        + "}")
                .answer(exchange));
  }

  private Minting minting(MintSettings.ClientAuth auth) {
    return new Minting(
        List.of(settings(auth)),
        http,
        clock,
        new Random(3),
        new SecretKeySpec(new byte[32], "HmacSHA256"),
        new ForgetfulJournal(),
        new NoConnections(),
        new FixedSubject(),
        Optional.empty());
  }

  private MintSettings settings(MintSettings.ClientAuth auth) {
    URI endpoint = URI.create(server.origin() + "/token");
    var client =
        new MintSettings.Client(
            endpoint, "keyward", auth, Optional.of(SECRET), Optional.empty(), Optional.empty());
    return new MintSettings(
        "crm",
        new MintSettings.ClientCredentials(client, Optional.empty()),
        Optional.of("tickets:read tickets:write"),
        Duration.ofMinutes(2));
  }

  private static Lookup stored(CredentialRef ref) {
    return ref.equals(SECRET)
        ? new Lookup.Found(new HeldSecret(Secret.of(CLIENT_SECRET), 1, Instant.EPOCH))
        : new Lookup.Missing("is missing");
  }

  private static MintOrder order(String scope) {
    return order(RUN, scope);
  }

  private static MintOrder order(RunId run, String scope) {
    return new MintOrder(use(scope), caller(run), () -> {}, MintingTest::stored);
  }

  private static CredentialUse use(String scope) {
    return new CredentialUse(
        CRM, new Placement.Bearer(), scope.isEmpty() ? Optional.empty() : Optional.of(scope));
  }

  private static Caller caller(RunId run) {
    return new Caller(
        new AgentId("triage-1"), "triage", "support", new PersonId("ada"), run, Optional.empty());
  }

  private Minted made(MintOrder order) {
    return obtain(mint, order);
  }

  private static Minted obtain(Minting from, MintOrder order) {
    return assertInstanceOf(MintAnswer.Made.class, from.obtain(order)).minted();
  }

  private static Secret value(MintAnswer answer) {
    return assertInstanceOf(MintAnswer.Made.class, answer).minted().value();
  }

  private static String why(MintAnswer answer) {
    return switch (answer) {
      case MintAnswer.Missing(var why) -> why;
      case MintAnswer.Unavailable(var why) -> why;
      case MintAnswer.Made _ -> throw new AssertionError("something was made");
    };
  }

  private static <T> Set<T> together(Callable<T> one) throws Exception {
    List<T> results = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<T>> waiting = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        waiting.add(threads.submit(one));
      }
      for (Future<T> done : waiting) {
        results.add(done.get());
      }
    }
    return Set.copyOf(results);
  }
}
