package dev.keyward.server.credential.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.call.AgentId;
import dev.keyward.call.Caller;
import dev.keyward.call.PersonId;
import dev.keyward.call.RunId;
import dev.keyward.catalog.CredentialRef;
import dev.keyward.catalog.CredentialUse;
import dev.keyward.catalog.Placement;
import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import dev.keyward.server.SettableClock;
import dev.keyward.server.config.MintSettings;
import dev.keyward.server.config.VaultSettings;
import dev.keyward.server.config.VaultSettings.Login;
import dev.keyward.server.credential.FixedSubject;
import dev.keyward.server.credential.Lookup;
import dev.keyward.server.credential.MintAnswer;
import dev.keyward.server.credential.MintOrder;
import dev.keyward.server.credential.Minted;
import dev.keyward.server.credential.NoConnections;
import dev.keyward.server.credential.Revoker.Revoked;
import dev.keyward.server.credential.lease.LeaseChange;
import dev.keyward.server.credential.lease.LeaseRow;
import dev.keyward.server.credential.lease.Revocations;
import dev.keyward.server.credential.lease.SqlLeases;
import dev.keyward.server.credential.mint.Minting;
import dev.keyward.store.Database;
import dev.keyward.store.PostgresSettings;
import dev.keyward.store.SqliteDatabase;
import dev.keyward.store.TestPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Logins at a real PostgreSQL server that the twin makes and drops: lent to one run, prolonged,
/// given back, and ended whatever happens to the broker, to Vault, or to the token they hang on.
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class VaultLeasesTest {
  private static final RunId RUN = RunId.random(new Random(1));
  private static final RunId OTHER = RunId.random(new Random(2));
  private static final String DIRECT = "mint:orders";
  private static final String HANGING = "mint:orders-of-run";
  private static final String RUN_TOKEN = "mint:run";
  private static final String LOGINS =
      "SELECT string_agg(rolname, ' ' ORDER BY rolname) FROM pg_roles WHERE rolname LIKE 'v-twin%'";
  private static final int HOUR = 3600;

  private final TestPostgres server = TestPostgres.shared();
  private final PostgresSettings orders = server.database();
  private final Set<RunId> ended = ConcurrentHashMap.newKeySet();
  private final List<LeaseChange> record = new CopyOnWriteArrayList<>();
  private final AtomicInteger brokers = new AtomicInteger();
  @TempDir static Path folder;
  private SettableClock clock = new SettableClock();
  private VaultTwin twin = new VaultTwin(clock);
  private VaultAdmin admin = admin();
  private Database database;
  private Broker broker;

  @BeforeAll
  void open() {
    server.demandPasswords();
    database = SqliteDatabase.open(folder.resolve("leases.db"));
    twin.close();
  }

  @BeforeEach
  void start() throws Exception {
    clock = new SettableClock();
    twin = new VaultTwin(clock);
    admin = admin();
    start(HOUR);
  }

  private void start(int ttl) throws Exception {
    admin.database("db", address(), ttl, 4 * HOUR);
    admin.rules(
        "broker",
        """
        path "db/creds/reader" { capabilities = ["read"] }
        path "sys/leases/revoke" { capabilities = ["update"] }
        path "auth/token/create" { capabilities = ["update"] }\
        """);
    admin.rules("of-run", "path \"db/creds/reader\" { capabilities = [\"read\"] }");
    Files.writeString(
        folder.resolve("token"),
        admin
            .need("POST", "auth/token/create", "{\"policies\":[\"broker\",\"of-run\"]}")
            .at("/auth/client_token")
            .asString(""));
    database.write(tx -> tx.update("DELETE FROM leases"));
    ended.clear();
    record.clear();
    broker = new Broker();
  }

  @AfterEach
  void stop() {
    broker.vault.close();
    twin.close();
  }

  @AfterAll
  void close() {
    database.close();
  }

  @Test
  void aLoginIsMadeForOneRunOpensTheDatabaseAndIsKnownToTheRedactor() throws Exception {
    Minted minted = broker.made(DIRECT, RUN);

    try (Connection session = session(minted)) {
      assertTrue(session.isValid(1));
    }
    assertEquals(minted.value(), broker.made(DIRECT, RUN).value());
    assertNotEquals(minted.value(), broker.made(DIRECT, OTHER).value());
    assertTrue(broker.mint.held().containsAll(minted.parts()));
    assertEquals(Set.of(user(minted), password(minted)), Set.copyOf(minted.parts()));
    assertEquals(clock.instant().plusSeconds(HOUR), minted.expires());
  }

  @Test
  void atTheEndOfItsRunTheLoginIsGoneAndItsOpenSessionEnds() throws Exception {
    Minted minted = broker.made(DIRECT, RUN);
    Minted other = broker.made(DIRECT, OTHER);
    try (Connection open = session(minted);
        Connection stays = session(other)) {
      broker.end(RUN);
      broker.revocations.tend();

      assertThrows(SQLException.class, () -> open.createStatement().execute("SELECT 1"));
      assertThrows(SQLException.class, () -> session(minted));
      assertTrue(stays.isValid(1));
    }
    assertEquals("done", lastEnd().revocation());
    assertInstanceOf(MintAnswer.Unavailable.class, broker.mint.obtain(order(DIRECT, RUN)));
  }

  @Test
  void aBrokerThatStopsGivesBackItsLoginsAndOneThatDiedHasThemGivenBackByTheNext() {
    Minted stopped = broker.made(DIRECT, RUN);
    broker.revocations.finish(Duration.ofSeconds(20));
    assertThrows(SQLException.class, () -> session(stopped));

    var died = new Broker();
    Minted orphan = died.made(DIRECT, OTHER);
    var next = new Broker();
    database.write(
        tx -> {
          next.leases.orphaned(tx, died.chain);
          return next;
        });
    assertTrue(next.leases.held().containsAll(orphan.parts()));
    next.revocations.tend();

    assertThrows(SQLException.class, () -> session(orphan));
  }

  @Test
  void whileItIsUsedALoginLivesOnAndNearItsLastEndAnotherTakesItsPlace() throws Exception {
    Minted minted = broker.made(DIRECT, RUN);
    clock.move(Duration.ofSeconds(HOUR - 30));
    Minted prolonged = broker.made(DIRECT, RUN);

    assertEquals(minted.value(), prolonged.value());
    assertEquals(clock.instant().plusSeconds(HOUR), prolonged.expires());
    assertEquals(prolonged.expires(), broker.leases.list().getFirst().expires());
    for (int hour = 0; hour < 2; hour++) {
      clock.move(Duration.ofSeconds(HOUR - 40));
      assertEquals(minted.value(), broker.made(DIRECT, RUN).value());
    }
    clock.move(Duration.ofSeconds(HOUR - 40)); // four hours are over in two minutes
    broker.made(DIRECT, RUN);
    clock.move(Duration.ofMinutes(2));
    Minted another = broker.made(DIRECT, RUN);

    assertNotEquals(minted.value(), another.value());
    session(another).close();
  }

  @Test
  void aLoginThatCannotLiveOnIsReplacedInTime() throws Exception {
    twin.renews(false);
    Minted minted = broker.made(DIRECT, RUN);
    clock.move(Duration.ofSeconds(HOUR - 30));
    Minted another = broker.made(DIRECT, RUN);

    assertNotEquals(minted.value(), another.value());
    assertEquals(List.of(), twin.journal("/v1/sys/leases/renew"));
    session(another).close();
  }

  @Test
  void aLoginOfAnEndedRunIsNotProlongedAndEndsWithItsLastMoment() {
    Minted minted = broker.made(DIRECT, RUN);
    database.write(
        tx -> {
          broker.leases.runEnded(tx, RUN); // another broker has ended it
          return RUN;
        });
    clock.move(Duration.ofSeconds(HOUR - 30));

    broker.mint.obtain(order(DIRECT, RUN));

    assertEquals(List.of(), twin.journal("/v1/sys/leases/renew"));
    broker.revocations.tend();
    assertThrows(SQLException.class, () -> session(minted));
  }

  @Test
  void endingTheRunsTokenEndsEverythingThatWasGotWithIt() throws Exception {
    Minted minted = broker.made(HANGING, RUN);
    Minted token = broker.made(RUN_TOKEN, RUN);
    assertEquals("of-run", token.facts().got());
    var create = twin.journal("/v1/auth/token/create").getLast();
    assertTrue(create.body().contains("\"run\":\"" + RUN.value() + "\""));
    assertEquals(
        Optional.of(token.value()),
        twin.journal("/v1/db/creds/reader").getLast().token().map(Secret::of));

    assertEquals(
        new Revoked.Done(),
        broker.mint.revoke("run", token.receipt().shown(), VaultLeasesTest::nothing));

    assertThrows(SQLException.class, () -> session(minted));
    broker.end(RUN);
    broker.revocations.tend();
    assertEquals(
        List.of("done", "done"),
        record.stream()
            .filter(LeaseChange.Ended.class::isInstance)
            .map(change -> ((LeaseChange.Ended) change).revocation())
            .toList());
  }

  @Test
  void theRunsTokenMayDoLessThanTheBrokersAndSoMayWhatHangsOnIt() {
    admin.rules("of-run", "path \"other/creds/reader\" { capabilities = [\"read\"] }");

    var answer = broker.mint.obtain(order(HANGING, RUN));

    assertEquals(
        "cannot be made: Vault refuses (403); the token's policy must allow read on"
            + " db/creds/reader",
        assertInstanceOf(MintAnswer.Missing.class, answer).why());
    assertEquals(1, twin.journal("/v1/auth/token/create").size() - 1);
  }

  @Test
  void aTokenOfARunThatSomebodyRevokedIsReplacedAndNothingHangsOnTheOldOne() throws Exception {
    Minted token = broker.made(RUN_TOKEN, RUN);
    admin.revoke(text(token.value()));

    Minted minted = broker.made(HANGING, RUN);

    session(minted).close();
    assertNotEquals(token.value(), broker.made(RUN_TOKEN, RUN).value());
  }

  @Test
  void theBrokersOwnTokenMayBeRevokedUnderItsFeetWithoutACallGoingWithoutALogin() throws Exception {
    Minted minted = broker.made(DIRECT, RUN);
    String again = Files.readString(folder.resolve("token"));
    Files.writeString(folder.resolve("token"), VaultTwin.ROOT);
    admin.revoke(again);

    assertThrows(SQLException.class, () -> session(minted)); // it hung on that token
    session(broker.made(DIRECT, OTHER)).close();
  }

  @Test
  void manyWhoWantTheFirstLoginOfARunCostVaultOneRequest() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 64; i++) {
        threads.execute(() -> broker.mint.obtain(order(HANGING, RUN)));
      }
    }

    assertEquals(1, twin.journal("/v1/db/creds/reader").size());
    assertEquals(2, broker.leases.list().size());
  }

  @Test
  void aDownOrSealedVaultMakesNothingAndRevokesLater() throws Exception {
    Minted minted = broker.made(DIRECT, RUN);
    twin.seal(true);

    var sealed = broker.mint.obtain(order(DIRECT, OTHER));
    broker.end(RUN);
    broker.revocations.tend();

    assertEquals(
        "cannot be made: Vault is sealed or down for maintenance (503)",
        assertInstanceOf(MintAnswer.Unavailable.class, sealed).why());
    session(minted).close(); // not yet given back, and said so
    assertInstanceOf(LeaseChange.NotYetRevoked.class, record.getLast());
    twin.seal(false);
    clock.move(Duration.ofSeconds(6));
    broker.revocations.tend();
    assertThrows(SQLException.class, () -> session(minted));
  }

  @Test
  void aLoginWhoseAnswerWasLostEndsWithTheTokenOfItsRun() {
    broker.made(RUN_TOKEN, RUN);
    String before = server.answer(LOGINS);
    twin.next(
        exchange -> {
          String token = exchange.getRequestHeaders().getFirst("X-Vault-Token");
          new VaultAdmin(twin.address(), token, Optional.empty())
              .need("GET", "db/creds/reader", "");
          exchange.close();
        });

    broker.mint.obtain(order(HANGING, RUN));
    assertNotEquals(before, server.answer(LOGINS));
    broker.end(RUN);
    broker.revocations.tend();

    assertEquals(before, server.answer(LOGINS));
  }

  @Test
  void errorsOfVaultWithAPasswordInThemReachNobody() {
    admin.need("POST", "db/roles/broken", brokenRole());
    admin.rules("broker", "path \"db/creds/broken\" { capabilities = [\"read\"] }");

    var answer = broker.mint.obtain(order("mint:broken", RUN));

    assertEquals(
        "cannot be made: Vault answers with status 500",
        assertInstanceOf(MintAnswer.Unavailable.class, answer).why());
  }

  @ParameterizedTest
  @ValueSource(longs = {-10, 10})
  void aVaultWhoseClockIsTenMinutesOffIsTakenAtItsDurations(long minutes) throws Exception {
    stop();
    twin = new VaultTwin(() -> clock.instant().plus(Duration.ofMinutes(minutes)));
    admin = admin();
    start(HOUR);

    Minted minted = broker.made(HANGING, RUN);
    assertEquals(clock.instant().plusSeconds(HOUR), minted.expires());
    clock.move(Duration.ofSeconds(HOUR - 30));
    assertEquals(minted.value(), broker.made(HANGING, RUN).value());
    session(minted).close();
    clock.move(Duration.ofHours(2));
    Minted another = broker.made(HANGING, RUN);
    assertNotEquals(minted.value(), another.value());
    session(another).close();
  }

  @Test
  void aLoginThatCannotBeWrittenDownIsDroppedAtOnce() {
    String before = server.answer(LOGINS);
    twin.onRequest(
        seen -> {
          if (seen.path().equals("/v1/db/creds/reader")) {
            database.write(tx -> tx.update("DELETE FROM leases"));
          }
        });

    assertThrows(RuntimeException.class, () -> broker.made(DIRECT, RUN));

    assertEquals(before, server.answer(LOGINS));
  }

  @Test
  void aLoginOfABrokerThatDiedBeforeItWroteItDownEndsWithTheTokenOfItsRun() throws Exception {
    String before = server.answer(LOGINS);
    var died = new Broker();
    Minted token = died.made(RUN_TOKEN, RUN);
    died.vault.leases().database(Optional.of(token.value()), "db", "reader");
    assertNotEquals(before, server.answer(LOGINS));

    database.write(
        tx -> {
          broker.leases.orphaned(tx, died.chain);
          return died;
        });
    broker.revocations.tend();

    assertEquals(before, server.answer(LOGINS));
    died.vault.close();
  }

  @Test
  void twoBrokersOverOneDatabaseHaveALoginEachAndEitherGivesBackBoth() {
    var sister = new Broker();
    Minted one = broker.made(DIRECT, RUN);
    Minted two = sister.made(DIRECT, RUN);
    assertNotEquals(one.value(), two.value());

    broker.end(RUN);
    sister.revocations.tend();

    assertThrows(SQLException.class, () -> session(one));
    assertThrows(SQLException.class, () -> session(two));
  }

  @Test
  void noRowHoldsALogin() {
    Minted minted = broker.made(HANGING, RUN);

    String rows =
        database.read(
            tx -> tx.sql().createQuery("SELECT * FROM leases").mapToMap().list().toString());

    for (Secret part : minted.parts()) {
      assertFalse(rows.contains(text(part)));
    }
    assertEquals(LeaseRow.State.LIVE, broker.leases.list().getFirst().state());
  }

  private static String brokenRole() {
    return "{\"db_name\":\"orders\",\"creation_statements\":[\"CREATE ROLLE {{password}}\"]}";
  }

  private VaultAdmin admin() {
    return new VaultAdmin(twin.address(), VaultTwin.ROOT, Optional.empty());
  }

  private String address() {
    return "127.0.0.1:" + server.port() + "/" + orders.address().database();
  }

  private LeaseChange.Ended lastEnd() {
    return assertInstanceOf(LeaseChange.Ended.class, record.getLast());
  }

  @TouchesSecret
  private Connection session(Minted minted) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://" + address(), text(user(minted)), text(password(minted)));
  }

  @TouchesSecret
  private static String text(Secret secret) {
    return secret.use(characters -> characters);
  }

  private static Secret user(Minted minted) {
    return Secret.of(text(minted.value()).replaceFirst(":.*", ""));
  }

  private static Secret password(Minted minted) {
    return Secret.of(text(minted.value()).replaceFirst("[^:]*:", ""));
  }

  private static Lookup nothing(CredentialRef ref) {
    return new Lookup.Missing("is not asked for");
  }

  private static MintOrder order(String ref, RunId run) {
    var caller =
        new Caller(
            new AgentId("triage-1"),
            "triage",
            "support",
            new PersonId("ada"),
            run,
            Optional.empty());
    var use = new CredentialUse(CredentialRef.parse(ref), new Placement.Basic(), Optional.empty());
    return new MintOrder(use, caller, () -> {}, VaultLeasesTest::nothing);
  }

  /// One broker over the database of the test.
  private final class Broker {
    private final String chain = "chain_" + brokers.incrementAndGet();
    private final SqlLeases leases =
        new SqlLeases(
            database,
            new SecretKeySpec(new byte[32], "AES"),
            clock,
            new Random(brokers.get()),
            chain,
            (_, run) -> !ended.contains(run),
            (tx, change) -> tx.afterCommit(() -> record.add(change)));
    private final VaultCredentials vault =
        VaultCredentials.open(settings(), _ -> Optional.empty(), clock, new Random(5));
    private final Minting mint =
        new Minting(
            List.of(
                made("orders", new MintSettings.VaultDatabase("db", "reader", Optional.empty())),
                made("broken", new MintSettings.VaultDatabase("db", "broken", Optional.empty())),
                made(
                    "orders-of-run",
                    new MintSettings.VaultDatabase(
                        "db", "reader", Optional.of(CredentialRef.parse(RUN_TOKEN)))),
                made(
                    "run",
                    new MintSettings.VaultToken(
                        List.of("of-run"), Optional.empty(), Duration.ofHours(1)))),
            _ -> {
              throw new IllegalStateException("nobody else is asked");
            },
            clock,
            new Random(7),
            new SecretKeySpec(new byte[32], "HmacSHA256"),
            leases,
            new NoConnections(),
            new FixedSubject(),
            Optional.of(vault.leases()));
    private final Revocations revocations =
        new Revocations(
            leases, (name, shown) -> mint.revoke(name, shown, VaultLeasesTest::nothing));

    Minted made(String ref, RunId run) {
      return assertInstanceOf(MintAnswer.Made.class, mint.obtain(order(ref, run))).minted();
    }

    void end(RunId run) {
      database.write(
          tx -> {
            mint.runEnded(run);
            leases.runEnded(tx, run);
            tx.afterCommit(() -> ended.add(run));
            return run;
          });
    }

    private static MintSettings made(String name, MintSettings.Way way) {
      return new MintSettings(name, way, Optional.empty(), Duration.ofMinutes(5));
    }

    private VaultSettings settings() {
      return new VaultSettings(
          List.of(twin.address()),
          Optional.empty(),
          Set.of(),
          new Login.TokenFile(folder.resolve("token")),
          Optional.empty(),
          Optional.empty(),
          Duration.ofSeconds(2),
          Duration.ofSeconds(5),
          Duration.ofSeconds(60));
    }
  }
}
