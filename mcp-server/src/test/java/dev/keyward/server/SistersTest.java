package dev.keyward.server;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.approvals.ApprovalSettings;
import dev.keyward.approvals.Approvals;
import dev.keyward.approvals.TestSeal;
import dev.keyward.server.audit.AuditRecords;
import dev.keyward.server.audit.ServerFacts;
import dev.keyward.server.audit.SqlAuditLog;
import dev.keyward.server.pipeline.Recovery;
import dev.keyward.store.PostgresDatabase;
import dev.keyward.store.PostgresSettings;
import dev.keyward.store.TestPostgres;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a broker that never comes back left open is closed by another, and by nobody before.
@Timeout(180)
final class SistersTest {
  private static final Duration GONE_AFTER = Duration.ofMinutes(5);
  private static final Duration A_WHILE = Duration.ofSeconds(3);
  private static final SecureRandom RANDOM = new SecureRandom();

  @TempDir Path folder;
  private final PostgresSettings settings = TestPostgres.shared().database();
  private final AtomicLong nanos = new AtomicLong();
  private TestBroker broker;
  private PostgresDatabase database;
  private SqlAuditLog audit;
  private Sisters watcher;

  @BeforeEach
  void start() throws Exception {
    broker =
        TestBroker.in(
            folder, TestBroker.on(settings) + "policy: {allow: [{tool: crm.add_note}]}\n");
    database = PostgresDatabase.open(settings.as("watcher"));
    audit = new SqlAuditLog(database, broker.clock(), RANDOM, "watcher");
    String digest = "0".repeat(64);
    audit.start(new ServerFacts("1", "serve", digest, digest, digest, "watcher"), Optional.empty());
    var records = new AuditRecords(database);
    var approvals =
        new Approvals(
            database,
            broker.clock(),
            RANDOM,
            TestSeal.make(),
            (_, _) -> {},
            _ -> Optional.empty(),
            ApprovalSettings.DEFAULT);
    var recovery = new Recovery(database, audit, records, approvals, broker.clock(), (_, _) -> {});
    watcher = new Sisters(database, records, recovery, audit.chain(), GONE_AFTER, nanos::get);
  }

  @AfterEach
  void stop() {
    database.close();
    broker.close();
  }

  @Test
  void aBrokerThatLivesKeepsItsOpenCallsHoweverLongTheyTake() throws Exception {
    AgentClient agent = broker.agent("a1", "crm.*");
    var open = new OpenCall(agent);
    Duration watched = Duration.ZERO;

    while (watched.compareTo(GONE_AFTER.multipliedBy(2)) < 0) {
      long beat = beat();
      while (beat() == beat) {
        Thread.onSpinWait(); // until the broker has shown a sign of life
      }
      Duration step = GONE_AFTER.minus(A_WHILE);
      nanos.addAndGet(step.toNanos());
      watched = watched.plus(step);
      watcher.look();
    }

    assertEquals("ok", open.finish().code());
  }

  @Test
  void whatABrokerWithoutASignOfLifeLeftOpenIsUnknownAndItCanSayNothingMore() throws Exception {
    AgentClient agent = broker.agent("a1", "crm.*");
    var open = new OpenCall(agent);
    String chain = standStill();
    watcher.look();
    nanos.addAndGet(GONE_AFTER.minus(A_WHILE).toNanos());
    watcher.look();
    assertEquals(List.of("OPEN"), states());

    nanos.addAndGet(A_WHILE.multipliedBy(2).toNanos());
    watcher.look();

    assertEquals(List.of("UNKNOWN"), states());
    assertEquals("outcome_unknown", open.finish().code());
    assertEquals(List.of("UNKNOWN"), states());
    long records = count(chain);
    agent.call("crm.read_ticket", "{\"ticket_id\":\"4812\"}");
    assertEquals(records, count(chain));
  }

  @Test
  void aBrokerThatIsTakenForDeadRepeatsNothing() throws Exception {
    AgentClient agent = broker.agent("a1", "crm.*");
    agent.initialize();
    var requests = new AtomicInteger();
    broker
        .upstream()
        .answers(
            exchange -> {
              if (requests.incrementAndGet() == 1) {
                broker.secret("crm#token", "crm_new_8Qw2ZrT5vYk1NbXc");
                standStill();
                watcher.look();
                nanos.addAndGet(GONE_AFTER.toNanos());
                watcher.look();
                agent.call("crm.read_ticket", "{}"); // refused, and it learns why
              }
              StandIn.of(401, "application/json", "{}").answer(exchange);
            });

    agent.call("crm.read_ticket", "{\"ticket_id\":\"4812\"}");

    assertEquals(1, requests.get());
  }

  @Test
  void whoLostSightOfTheDatabaseBeginsToWatchAnew() {
    String chain = standStill();
    watcher.look();
    nanos.addAndGet(GONE_AFTER.toNanos());
    TestPostgres.shared()
        .execute(settings, "ALTER TABLE replica_beats RENAME TO replica_beats_away");
    try {
      watcher.look();
    } catch (RuntimeException e) {
      // it cannot see
    }
    TestPostgres.shared()
        .execute(settings, "ALTER TABLE replica_beats_away RENAME TO replica_beats");

    watcher.look();

    assertEquals(0L, number("SELECT settled FROM audit_chains WHERE chain = '" + chain + "'"));
  }

  /// Stops the broker's signs of life, not the broker.
  private String standStill() {
    TestPostgres.shared()
        .execute(
            settings,
            """
            CREATE FUNCTION stand_still() RETURNS trigger LANGUAGE plpgsql AS
              $$ BEGIN IF OLD.chain <> '%s' THEN RETURN NULL; END IF; RETURN NEW; END $$;
            CREATE TRIGGER stand_still BEFORE UPDATE ON replica_beats
              FOR EACH ROW EXECUTE FUNCTION stand_still()\
            """
                .formatted(audit.chain()));
    return database.read(
        tx ->
            tx.sql()
                .select("SELECT chain FROM audit_chains WHERE replica <> 'watcher'")
                .mapTo(String.class)
                .one());
  }

  private long beat() {
    return number(
        "SELECT coalesce(sum(beat), 0) FROM replica_beats WHERE chain <> '" + audit.chain() + "'");
  }

  private long count(String chain) {
    return number("SELECT count(*) FROM audit_events WHERE chain = '" + chain + "'");
  }

  private long number(String sql) {
    return database.read(tx -> tx.sql().select(sql).mapTo(long.class).one());
  }

  private List<String> states() {
    return database.read(
        tx -> tx.sql().select("SELECT state FROM writes").mapTo(String.class).list());
  }

  /// A write that is under way at its upstream.
  private final class OpenCall {
    private final CountDownLatch release = new CountDownLatch(1);
    private final CompletableFuture<Called> call;

    OpenCall(AgentClient agent) throws InterruptedException {
      var arrived = new CountDownLatch(1);
      broker
          .upstream()
          .answers(
              exchange -> {
                arrived.countDown();
                hold();
                StandIn.json("{\"id\":\"1\"}").answer(exchange);
              });
      agent.initialize();
      call = CompletableFuture.supplyAsync(() -> agent.call("crm.add_note", TestBroker.NOTE));
      assertTrue(arrived.await(30, SECONDS));
    }

    Called finish() throws Exception {
      release.countDown();
      return call.get(30, SECONDS);
    }

    private void hold() {
      try {
        assertTrue(release.await(100, SECONDS));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
