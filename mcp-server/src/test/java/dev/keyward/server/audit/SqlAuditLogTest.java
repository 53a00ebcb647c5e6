package dev.keyward.server.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.store.SqliteDatabase;
import dev.keyward.store.Tx;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("NullAway.Init") // JUnit sets the fields
final class SqlAuditLogTest {
  private static final AuditEvent EVENT = Samples.intent(Samples.CALL);

  @TempDir Path folder;
  private Broker broker;

  @BeforeEach
  void makeBroker() throws IOException {
    broker = new Broker(folder);
  }

  @Test
  void appendsFromManyThreadsMakeOneGaplessChain() throws Exception {
    broker.run(
        running -> {
          appendFromThreads(running, 8, 50);
          List<Long> numbers =
              running.newest(1000).stream().map(AuditRecord::seq).sorted().toList();

          assertEquals(401, numbers.size());
          assertEquals(1, numbers.getFirst());
          assertEquals(401, numbers.getLast());
        });

    assertEquals(List.of(), broker.verify().findings());
  }

  @Test
  void anUndoneUnitLeavesNoGap() throws Exception {
    broker.run(
        running -> {
          running.append(1);
          assertThrows(
              IllegalStateException.class,
              () ->
                  running
                      .database()
                      .write(
                          tx -> {
                            running.log().append(tx, EVENT);
                            running.log().append(tx, EVENT);
                            throw new IllegalStateException("changed its mind");
                          }));
          running.append(1);

          assertEquals(3, running.newest(1).getFirst().seq());
        });

    assertEquals(List.of(), broker.verify().findings());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFailedCommitOfManyUnitsLeavesNoGap(boolean forwards) throws Exception {
    SqliteDatabase.open(broker.databaseFile).close(); // for its tables
    try (var database = new RetractingDatabase(broker.connect())) {
      var log = new SqlAuditLog(database, broker.clock, new SecureRandom(), "broker-1");
      log.start(Samples.FACTS, Optional.empty());
      database.queue(tx -> append(log, tx));
      database.queue(tx -> append(log, tx));
      database.failCommit(forwards);
      database.queue(tx -> append(log, tx));
      database.commit();

      assertEquals(2, new AuditRecords(database).list(AuditFilter.newest(1)).getFirst().seq());
    }
    assertEquals(List.of(), broker.verifyWithoutCheckpoints().findings());
  }

  @Test
  void aFailedStartCanBeRepeated() throws Exception {
    SqliteDatabase.open(broker.databaseFile).close();
    try (var database = new RetractingDatabase(broker.connect())) {
      var log = new SqlAuditLog(database, broker.clock, new SecureRandom(), "broker-1");
      database.queue(
          tx -> {
            tx.sql().execute("DROP TABLE audit_chains");
            return true;
          });
      assertThrows(JdbiException.class, () -> log.start(Samples.FACTS, Optional.empty()));
      database.failCommit(true);

      log.start(Samples.FACTS, Optional.empty());

      assertEquals(1, new AuditRecords(database).list(AuditFilter.newest(9)).size());
    }
  }

  @Test
  void theListenerHearsOfDurableRecordsOnly() throws Exception {
    SqliteDatabase.open(broker.databaseFile).close();
    var heard = new AtomicInteger();
    try (var database = new RetractingDatabase(broker.connect())) {
      var log = new SqlAuditLog(database, broker.clock, new SecureRandom(), "broker-1");
      log.onRecorded(heard::incrementAndGet);
      log.start(Samples.FACTS, Optional.empty());
      database.queue(tx -> append(log, tx));
      database.failCommit(true);

      assertEquals(1, heard.get());
    }
  }

  @Test
  void aStartNamesTheEarlierHeadAndTheLastCheckpoint() throws Exception {
    String first = broker.run(running -> running.append(2));
    broker.clock.move(Duration.ofSeconds(1));
    broker.run(
        running -> {
          AuditRecord start = running.newest(1).getFirst();

          assertEquals("server.start", start.type());
          assertTrue(start.body().contains("{\"chain\":\"" + first + "\""), start.body());
          assertTrue(start.body().contains("\"checkpoint\":\""), start.body());
          assertTrue(start.body().contains("\"earlier\":1"), start.body());
        });
  }

  @Test
  void aChainThatHasEndedIsNamedOnce() throws Exception {
    String first = broker.run(running -> running.append(2));
    broker.clock.move(Duration.ofSeconds(1));
    broker.run(running -> running.append(2));
    broker.clock.move(Duration.ofSeconds(1));
    broker.run(running -> assertFalse(running.newest(1).getFirst().body().contains(first)));

    assertEquals(List.of(), broker.verify().findings());
  }

  @Test
  void aClockThatGoesBackIsRecordedBeforeTheEvent() throws Exception {
    broker.run(
        running -> {
          broker.clock.move(Duration.ofMinutes(-5));
          running.append(2);

          List<String> types = types(running);
          assertEquals(1, types.stream().filter("clock.anomaly"::equals).count());
          assertEquals(4, types.size());
        });

    assertEquals(List.of(), broker.verify().findings());
  }

  @Test
  void aClockThatGoesBackASecondIsNotWorthARecord() throws Exception {
    broker.run(
        running -> {
          broker.clock.move(Duration.ofSeconds(-1));
          running.append(1);

          assertFalse(types(running).contains("clock.anomaly"));
        });
  }

  @Test
  void aClockThatWentBackWhileTheBrokerWasDownIsRecorded() throws Exception {
    broker.run(running -> running.append(1));
    broker.clock.move(Duration.ofHours(-1));
    broker.run(running -> assertTrue(types(running).contains("clock.anomaly")));
  }

  @Test
  void nothingIsAppendedBeforeTheStartOrAfterTheStop() throws Exception {
    try (var database = SqliteDatabase.open(broker.databaseFile)) {
      var log = new SqlAuditLog(database, broker.clock, new SecureRandom(), "broker-1");
      assertThrows(IllegalStateException.class, () -> database.write(tx -> append(log, tx)));

      log.start(Samples.FACTS, Optional.empty());
      log.stop();

      assertThrows(IllegalStateException.class, () -> database.write(tx -> append(log, tx)));
      assertThrows(IllegalStateException.class, () -> log.start(Samples.FACTS, Optional.empty()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"UPDATE audit_events SET agent = NULL", "DELETE FROM audit_events"})
  void theDatabaseRefusesAccidents(String accident) throws Exception {
    broker.run(
        running ->
            assertThrows(
                UnableToExecuteStatementException.class,
                () -> running.database().write(tx -> tx.sql().execute(accident))));

    assertEquals(List.of(), broker.verify().findings());
  }

  private static boolean append(SqlAuditLog log, Tx tx) {
    log.append(tx, EVENT);
    return true;
  }

  private static List<String> types(Broker.Running running) {
    return running.newest(100).stream().map(AuditRecord::type).toList();
  }

  private static void appendFromThreads(Broker.Running running, int threads, int each) {
    try (var executor = Executors.newFixedThreadPool(threads)) {
      List<Callable<Boolean>> tasks = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        tasks.add(
            () -> {
              running.append(each);
              return true;
            });
      }
      for (Future<Boolean> done : executor.invokeAll(tasks)) {
        assertTrue(done.get());
      }
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    }
  }
}
