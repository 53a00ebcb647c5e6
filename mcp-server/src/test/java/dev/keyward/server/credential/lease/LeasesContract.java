package dev.keyward.server.credential.lease;

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
import dev.keyward.server.SettableClock;
import dev.keyward.server.StandIn;
import dev.keyward.server.config.MintSettings;
import dev.keyward.server.credential.Canary;
import dev.keyward.server.credential.FixedSubject;
import dev.keyward.server.credential.HeldSecret;
import dev.keyward.server.credential.Lookup;
import dev.keyward.server.credential.MintAnswer;
import dev.keyward.server.credential.MintOrder;
import dev.keyward.server.credential.Minted;
import dev.keyward.server.credential.NoConnections;
import dev.keyward.server.credential.mint.Minting;
import dev.keyward.server.upstream.HttpUpstream;
import dev.keyward.server.upstream.Resolution;
import dev.keyward.store.Database;
import dev.keyward.store.StoreUnavailable;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is made for a run is written down before it is used, and goes back when the run, or its
/// broker, is over.
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class LeasesContract {
  private static final RunId RUN = RunId.random(new Random(1));
  private static final RunId OTHER_RUN = RunId.random(new Random(2));
  private static final SecretKeySpec KEY = new SecretKeySpec(new byte[32], "AES");
  private static final Lookup STORED =
      new Lookup.Found(new HeldSecret(Secret.of("canary-client"), 1, Instant.EPOCH));
  private static final StandIn.Script BROKEN = StandIn.of(503, "text/html", "canary-token-1");

  private final SettableClock clock = new SettableClock();
  private final StandIn server = new StandIn();
  private final HttpUpstream http = HttpUpstream.start(Resolution.SYSTEM, Set.of(server.origin()));
  private final List<LeaseChange> record = new CopyOnWriteArrayList<>();
  private final Set<RunId> ended = ConcurrentHashMap.newKeySet();
  private final AtomicInteger brokers = new AtomicInteger();
  private Database database;
  private TokenIssuer issuer;
  private Broker broker;

  /// {@return the database}
  abstract Database database();

  @BeforeAll
  void open() {
    database = database();
  }

  @BeforeEach
  void start() {
    database.write(tx -> tx.update("DELETE FROM leases"));
    record.clear();
    ended.clear();
    issuer = new TokenIssuer(server);
    broker = new Broker(true);
  }

  @AfterAll
  void close() {
    database.close();
    http.close();
    server.close();
  }

  @Test
  void whatIsMadeIsWrittenDownBeforeItIsUsedAndItsValueIsNotInTheRow() {
    var seen = new ArrayList<LeaseRow.State>();
    issuer.beforeToken(() -> seen.add(broker.leases.list().getFirst().state()));

    Minted minted = broker.made(RUN);

    assertEquals(List.of(LeaseRow.State.ASKED), seen);
    LeaseRow row = broker.leases.list().getFirst();
    assertEquals(LeaseRow.State.LIVE, row.state());
    assertEquals(minted.facts().fingerprint(), row.fingerprint());
    assertEquals(clock.instant().plusSeconds(300), row.expires());
    assertEquals(List.of(new LeaseChange.Made(row.of(), minted)), record);
    Canary.assertFree(everyRow(), "canary-token-1");
  }

  @Test
  void atTheEndOfItsRunItOpensNothingMoreAndTheRecordSaysSo() {
    Minted minted = broker.made(RUN);
    Minted other = broker.made(OTHER_RUN);

    broker.end(RUN);
    broker.revocations.tend();

    assertFalse(issuer.takes(minted.value()));
    assertTrue(issuer.takes(other.value()));
    LeaseChange.Ended end = lastEnd();
    assertEquals(
        List.of("run_ended", "done", 1), List.of(end.why(), end.revocation(), end.attempts()));
    assertEquals(Optional.of(minted.facts().fingerprint()), end.fingerprint());
    StandIn.Seen asked = issuer.journal().getLast();
    assertEquals("/revoke", asked.path());
    assertEquals("token=canary-token-1&token_type_hint=access_token", asked.body());
    assertTrue(asked.authorization().orElse("").startsWith("Basic "));
    assertTrue(everyRow().contains("'OVER' done null"), everyRow());
  }

  @Test
  void whatIsMadeWhileItsRunEndsIsNeverLentAndGoesBack() {
    issuer.beforeToken(() -> broker.end(RUN));

    var answer = assertInstanceOf(MintAnswer.Unavailable.class, broker.mint.obtain(order(RUN)));
    broker.revocations.tend();

    assertTrue(answer.why().contains("its run has ended"), answer.why());
    assertEquals(Set.of(), issuer.good());
    assertEquals("done", lastEnd().revocation());
  }

  @Test
  void whatAnotherBrokerHasEndedIsNotLentFromMemory() {
    var sister = new Broker(true);
    Minted lent = sister.made(RUN);

    broker.end(RUN);
    sister.looks();

    assertInstanceOf(MintAnswer.Unavailable.class, sister.mint.obtain(order(RUN)));
    broker.revocations.tend();
    assertFalse(issuer.takes(lent.value()));
  }

  @Test
  void nobodyIsAskedForARunThatHasEnded() {
    broker.made(RUN);
    broker.end(RUN);

    assertInstanceOf(MintAnswer.Unavailable.class, broker.mint.obtain(order(RUN)));
    assertEquals(1, issuer.made());
  }

  @Test
  void anIssuerThatFailsIsAskedAgainLaterAndTheFirstFailureIsRecorded() {
    broker.made(RUN);
    issuer.revokes(BROKEN);
    broker.end(RUN);
    try (var log = Canary.listening()) {
      broker.revocations.tend();
      broker.revocations.tend(); // not before its time
      assertEquals(1, issuer.asked());
      clock.move(Duration.ofSeconds(6));
      broker.revocations.tend();
      assertEquals(2, issuer.asked());
      assertTrue(log.logged().contains("is not given back"), log.logged());
      Canary.assertFree(log.logged(), "canary-token-1");
    }
    assertEquals(1, record.stream().filter(LeaseChange.NotYetRevoked.class::isInstance).count());

    issuer.revokes();
    clock.move(Duration.ofSeconds(11));
    broker.revocations.tend();

    assertEquals(3, lastEnd().attempts());
    assertEquals("done", lastEnd().revocation());
    assertEquals(Set.of(), issuer.good());
  }

  @Test
  void whatCouldNotBeGivenBackUntilItsEndIsRecordedAsFailed() {
    broker.made(RUN);
    issuer.revokes(BROKEN);
    broker.end(RUN);
    broker.revocations.tend();

    clock.move(Duration.ofMinutes(5));
    broker.revocations.tend();

    assertEquals("failed", lastEnd().revocation());
    assertEquals(1, issuer.asked());
  }

  @Test
  void aRevocationIsNotRedirected() {
    broker.made(RUN);
    issuer.revokes(StandIn.of(307, "text/plain", "", "Location", issuer.origin() + "/token"));
    broker.end(RUN);

    broker.revocations.tend();

    assertEquals(1, issuer.made());
    assertInstanceOf(LeaseChange.NotYetRevoked.class, record.getLast());
  }

  @Test
  void whatAnIssuerDoesNotTakeBackRunsOut() {
    var other = new Broker(false);
    other.made(RUN);

    other.end(RUN);
    other.revocations.tend();

    assertEquals("not_possible", lastEnd().revocation());
    assertEquals(0, issuer.asked());
    assertEquals(Optional.of("not_possible"), other.leases.list().getFirst().revocation());
  }

  @Test
  void whatRunsOutByItselfIsNotGivenBackUnlessItsIssuerDidNotSayWhen() {
    broker.made(RUN);
    clock.move(Duration.ofMinutes(6));
    broker.revocations.tend();
    assertEquals(List.of("expired", 0), List.of(lastEnd().revocation(), issuer.asked()));

    issuer.saysNoLifetime();
    Minted second = broker.made(OTHER_RUN);
    clock.move(Duration.ofMinutes(6));
    broker.revocations.tend();
    assertFalse(issuer.takes(second.value()));
    assertEquals(List.of("expired", "done"), List.of(lastEnd().why(), lastEnd().revocation()));
  }

  @Test
  void whatABrokerThatDiedHadMadeIsKnownToTheNextAndGoesBack() {
    Minted orphan = broker.made(RUN);

    var next = new Broker(true);
    assertEquals(List.of(orphan.value()), List.copyOf(next.mint.held()));
    next.buries(broker);
    next.revocations.tend();

    assertFalse(issuer.takes(orphan.value()));
    assertEquals(List.of("orphaned", "done"), List.of(lastEnd().why(), lastEnd().revocation()));
    clock.move(Duration.ofHours(2));
    next.revocations.tend();
    assertEquals(List.of(), List.copyOf(next.leases.held()));
    assertEquals(List.of(), next.leases.list());
  }

  @Test
  void aCrashBetweenTheIssuerAndTheJournalIsRecordedAsLost() {
    broker.leases.begin(order(RUN), "oauth_client_credentials");

    var next = new Broker(true);
    next.buries(broker);

    assertEquals(List.of("orphaned", "lost"), List.of(lastEnd().why(), lastEnd().revocation()));
    assertEquals(Optional.empty(), lastEnd().fingerprint());
    assertEquals(List.of(), next.leases.list());
  }

  @Test
  void whatCannotBeWrittenDownIsGivenBackAtOnce() {
    issuer.beforeToken(database::close);
    try {
      assertThrows(StoreUnavailable.class, () -> broker.mint.obtain(order(RUN)));
    } finally {
      database = database();
    }

    assertEquals(1, issuer.made());
    assertEquals(Set.of(), issuer.good());
  }

  @Test
  void aBrokerThatStopsGivesBackItsOwnAndNobodyElses() {
    var sister = new Broker(true);
    Minted hers = sister.made(RUN);
    Minted mine = broker.made(RUN);

    broker.revocations.finish(Duration.ofSeconds(20));

    assertFalse(issuer.takes(mine.value()));
    assertTrue(issuer.takes(hers.value()));
    assertEquals(List.of("stopped", "done"), List.of(lastEnd().why(), lastEnd().revocation()));
  }

  @Test
  void twoBrokersThatMintAtOnceForOneRunEachHaveTheirOwnAndBothGoBack() throws Exception {
    var sister = new Broker(true);
    var hers = new AtomicReference<Minted>();

    Thread thread = Thread.ofVirtual().start(() -> hers.set(sister.made(RUN)));
    Minted mine = broker.made(RUN);
    thread.join();

    Minted other = Objects.requireNonNull(hers.get());
    assertNotEquals(mine.value(), other.value());
    assertTrue(issuer.takes(mine.value()) && issuer.takes(other.value()));
    broker.end(RUN);
    sister.revocations.tend();
    assertEquals(Set.of(), issuer.good());
    assertEquals(2, record.stream().filter(LeaseChange.Ended.class::isInstance).count());
  }

  @Test
  void ofTwoBrokersOneGivesBack() throws Exception {
    var sister = new Broker(true);
    for (int i = 0; i < 12; i++) {
      broker.made(RunId.random(new Random(100 + i)));
    }
    database.write(tx -> LeaseRows.endChain(tx, broker.chain, "stopped", clock.instant()));

    Thread other = Thread.ofVirtual().start(sister.revocations::tend);
    broker.revocations.tend();
    other.join();

    assertEquals(Set.of(), issuer.good());
    assertEquals(12, issuer.asked());
    assertEquals(12, record.stream().filter(LeaseChange.Ended.class::isInstance).count());
  }

  @Test
  void aRowThatWasChangedGivesNothing() {
    broker.made(RUN);
    broker.made(OTHER_RUN);
    database.write(
        tx ->
            tx.update(
                "UPDATE leases SET sealed = (SELECT sealed FROM leases WHERE run = ?) WHERE run ="
                    + " ?",
                OTHER_RUN.value(),
                RUN.value()));

    broker.end(RUN);
    broker.revocations.tend();

    assertEquals(0, issuer.asked());
    assertEquals(2, issuer.good().size());
    assertInstanceOf(LeaseChange.NotYetRevoked.class, record.getLast());
  }

  /// Brokers that make, use, end, die, stop and lose their issuer in any order, against a model
  /// that knows which run is over and who lives.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void whateverHappensNothingIsUsedAfterItsRunAndNothingIsLeft(long seed) {
    var random = new Random(seed);
    List<Broker> living = new ArrayList<>(List.of(broker, new Broker(true)));
    Map<RunId, Boolean> runs = new HashMap<>();
    for (int step = 0; step < 100; step++) {
      Broker one = living.get(random.nextInt(living.size()));
      RunId run = RunId.random(new Random(random.nextInt(6)));
      switch (random.nextInt(10)) {
        case 0, 1, 2, 3, 4 -> {
          one.looks();
          boolean over = runs.getOrDefault(run, false);
          if (one.mint.obtain(order(run)) instanceof MintAnswer.Made(var minted)) {
            assertFalse(over, "lent after its run");
            assertTrue(minted.expires().isAfter(clock.instant()));
          }
        }
        case 5 -> {
          one.end(run);
          runs.put(run, true);
        }
        case 6 -> clock.move(Duration.ofSeconds(random.nextInt(120)));
        case 7 -> one.revocations.tend();
        case 8 -> {
          living.remove(one);
          var next = new Broker(true);
          next.buries(one);
          living.add(next);
        }
        default -> {
          if (random.nextBoolean()) {
            issuer.revokes(BROKEN);
          } else {
            issuer.revokes();
          }
        }
      }
    }
    issuer.revokes();
    living.forEach(one -> one.revocations.finish(Duration.ofSeconds(20)));
    clock.move(Duration.ofMinutes(11));
    living.getFirst().revocations.tend();

    var lives = new HashSet<String>();
    for (LeaseChange change : record) {
      switch (change) {
        case LeaseChange.Made(var of, var _) -> assertTrue(lives.add(of.lease().value()));
        case LeaseChange.Ended(var of, var _, var how, var _, var _) ->
            assertTrue(lives.remove(of.lease().value()) || how.equals("lost"), how);
        case LeaseChange.NotYetRevoked(var of, var _) ->
            assertTrue(lives.contains(of.lease().value()));
      }
    }
    assertEquals(Set.of(), lives);
    long made = record.stream().filter(LeaseChange.Made.class::isInstance).count();
    long back = ends().stream().filter(end -> end.revocation().equals("done")).count();
    assertEquals(issuer.made(), made);
    assertEquals(issuer.made() - back, issuer.good().size());
    Canary.assertFree(everyRow(), "canary-token-");
  }

  private LeaseChange.Ended lastEnd() {
    return ends().getLast();
  }

  private List<LeaseChange.Ended> ends() {
    return record.stream()
        .filter(LeaseChange.Ended.class::isInstance)
        .map(LeaseChange.Ended.class::cast)
        .toList();
  }

  private String everyRow() {
    return database
        .read(
            tx ->
                tx.sql()
                    .createQuery("SELECT * FROM leases ORDER BY made_at, id")
                    .map(
                        (row, _) ->
                            "'%s' %s %s %s %s"
                                .formatted(
                                    row.getString("state"),
                                    row.getString("revocation"),
                                    row.getString("sealed"),
                                    row.getString("id"),
                                    row.getString("fingerprint")))
                    .list())
        .toString();
  }

  private static MintOrder order(RunId run) {
    var caller =
        new Caller(
            new AgentId("triage-1"),
            "triage",
            "support",
            new PersonId("ada"),
            run,
            Optional.empty());
    var use =
        new CredentialUse(
            CredentialRef.parse("mint:crm"), new Placement.Bearer(), Optional.empty());
    return new MintOrder(use, caller, () -> {}, _ -> STORED);
  }

  /// One broker over the database of the test.
  private final class Broker {
    private final String chain = "chain_" + brokers.incrementAndGet();
    private final SqlLeases leases =
        new SqlLeases(
            database,
            KEY,
            clock,
            new Random(brokers.get()),
            chain,
            (_, run) -> !ended.contains(run),
            (tx, change) -> tx.afterCommit(() -> record.add(change)));
    private final Minting mint;
    private final Revocations revocations;

    /// @param takesBack whether its settings name where tokens are given back
    Broker(boolean takesBack) {
      URI token = URI.create(issuer.origin() + "/token");
      URI revoke = URI.create(issuer.origin() + "/revoke");
      var client =
          new MintSettings.Client(
              token,
              "keyward",
              MintSettings.ClientAuth.BASIC,
              Optional.of(CredentialRef.parse("local:crm#secret")),
              Optional.empty(),
              takesBack ? Optional.of(revoke) : Optional.empty());
      mint =
          new Minting(
              List.of(
                  new MintSettings(
                      "crm",
                      new MintSettings.ClientCredentials(client, Optional.empty()),
                      Optional.empty(),
                      Duration.ofMinutes(5))),
              http,
              clock,
              new Random(7),
              new SecretKeySpec(new byte[32], "HmacSHA256"),
              leases,
              new NoConnections(),
              new FixedSubject(),
              Optional.empty());
      revocations = new Revocations(leases, (name, value) -> mint.revoke(name, value, _ -> STORED));
    }

    Minted made(RunId run) {
      return assertInstanceOf(MintAnswer.Made.class, mint.obtain(order(run))).minted();
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

    /// As before anything is sent: what another broker has ended is not in memory any more.
    void looks() {
      database.read(SqlLeases::runsEnded).forEach(mint::runEnded);
    }

    void buries(Broker gone) {
      database.write(
          tx -> {
            leases.orphaned(tx, gone.chain);
            return gone;
          });
    }
  }
}
