package dev.keyward.store;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
final class PostgresDatabaseTest extends DatabaseContract {
  private final PostgresSettings settings = TestPostgres.shared().database();

  @Override
  Database open() {
    return PostgresDatabase.open(settings);
  }

  @Override
  long commits(Database database) {
    return ((PostgresDatabase) database).commits();
  }

  /// The server has no quota, so a trigger says in its words what a full disk would.
  @Override
  void limitSpace(Database database) {
    database.write(
        tx ->
            tx.sql()
                .execute(
                    """
                    CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                      IF length(NEW.text) > 1000000 THEN
                        RAISE EXCEPTION 'no room' USING ERRCODE = 'disk_full';
                      END IF;
                      RETURN NEW;
                    END $$;
                    CREATE TRIGGER room BEFORE INSERT ON notes
                      FOR EACH ROW EXECUTE FUNCTION full_disk()"""));
  }

  @Override
  void freeSpace(Database database) {
    database.write(tx -> tx.sql().execute("DROP TRIGGER room ON notes"));
  }

  @Test
  void twoProcessesCannotWriteUnderOneName() {
    try (var database = PostgresDatabase.open(settings.as("broker-1"))) {
      assertEquals(1, database.<Integer>write(PostgresDatabaseTest::one));

      StoreUnavailable thrown =
          assertThrows(
              StoreUnavailable.class,
              () -> PostgresDatabase.open(settings.as("broker-1"), Duration.ofMillis(100)));

      assertTrue(String.valueOf(thrown.getMessage()).contains("under the name broker-1"));
    }
    PostgresDatabase.open(settings.as("broker-1")).close();
  }

  @Test
  void aLockKeepsOthersOutUntilTheUnitIsDurable() throws Exception {
    var counts = new CountTable();
    try (var one = PostgresDatabase.open(settings.as("broker-1"));
        var two = PostgresDatabase.open(settings.as("broker-2"));
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      one.write(counts::make);
      var done = new ArrayList<Future<Integer>>();
      for (int i = 0; i < 100; i++) {
        Database mine = i % 2 == 0 ? one : two;
        done.add(threads.submit(() -> mine.write(counts::addOne)));
      }
      for (var each : done) {
        each.get();
      }

      assertEquals(100, one.read(counts::value));
    }
  }

  @Test
  void unitsThatLockInOppositeOrdersBothEnd() throws Exception {
    try (var one = PostgresDatabase.open(settings.as("broker-1"));
        var two = PostgresDatabase.open(settings.as("broker-2"))) {
      var first = new CountDownLatch(2);
      var here = one.submit(tx -> lockBoth(tx, first, "a", "b"));
      var there = two.submit(tx -> lockBoth(tx, first, "b", "a"));

      assertEquals(2, here.get(60, SECONDS) + there.get(60, SECONDS));
    }
  }

  @Test
  void aHintReachesTheOtherProcessOnceTheUnitIsDurable() throws Exception {
    try (var one = PostgresDatabase.open(settings.as("broker-1"));
        var two = PostgresDatabase.open(settings.as("broker-2"))) {
      var heard = new LinkedBlockingQueue<String>();
      two.onHint(heard::add);
      while (!"ready".equals(heard.poll(100, MILLISECONDS))) {
        one.write(tx -> hint(tx, "ready")); // until the other listens
      }

      one.write(tx -> hint(tx, "news"));

      String next = heard.poll(30, SECONDS);
      while ("ready".equals(next) || Database.HINTS_LOST.equals(next)) {
        next = heard.poll(30, SECONDS);
      }
      assertEquals("news", next);
    }
  }

  @Test
  void aDatabaseThatIsCutOffRefusesAndComesBack() throws Exception {
    try (var wire = new CutWire(settings);
        var database = PostgresDatabase.open(wire.through(settings).as("broker-1"))) {
      wire.cut();
      assertThrows(
          StoreUnavailable.class, () -> database.write(tx -> tx.sql().execute("SELECT 1")));
      assertThrows(StoreUnavailable.class, () -> database.read(PostgresDatabaseTest::one));

      wire.mend();

      untilItWorks(() -> database.write(PostgresDatabaseTest::one));
      untilItWorks(() -> database.read(PostgresDatabaseTest::one));
    }
  }

  @Test
  void aCommitWhoseAnswerIsLostCountsAsFailed() throws Exception {
    var counts = new CountTable();
    try (var wire = new CutWire(settings);
        var database = PostgresDatabase.open(wire.through(settings).as("broker-1"))) {
      database.write(counts::make);
      wire.loseAnswerToCommitOf("UPDATE counts");

      assertThrows(StoreUnavailable.class, () -> database.write(counts::addOne));

      untilItWorks(() -> database.write(PostgresDatabaseTest::one));
      assertEquals(1, database.read(counts::value)); // it had happened: nobody may rely on failure
    }
  }

  @Test
  void aServerThatCannotBeReachedIsNamedInOneSentence() {
    var nobody =
        PostgresAddress.parse("postgresql://127.0.0.1:1/none")
            .with(PostgresSettings.Tls.DISABLE, Optional.empty());

    StoreUnavailable thrown =
        assertThrows(
            StoreUnavailable.class,
            () ->
                PostgresDatabase.open(
                    new PostgresSettings(nobody, Optional.empty(), Optional.empty(), "test")));

    assertEquals("the database at 127.0.0.1:1 cannot be reached", thrown.getMessage());
  }

  private static int lockBoth(Tx tx, CountDownLatch first, String one, String two) {
    tx.lock(one);
    first.countDown();
    try {
      first.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    tx.lock(two);
    return 1;
  }

  private static int hint(Tx tx, String text) {
    tx.hint(text);
    return 1;
  }

  private static int one(Tx tx) {
    return tx.sql().select("SELECT 1").mapTo(int.class).one();
  }

  private static void untilItWorks(Supplier<Integer> work) {
    while (true) {
      try {
        assertEquals(1, work.get());
        return;
      } catch (StoreUnavailable e) {
        Thread.onSpinWait(); // not yet
      }
    }
  }

  /// One number, advanced by reading it first.
  private static final class CountTable {
    int make(Tx tx) {
      tx.sql().execute("CREATE TABLE counts (n INTEGER NOT NULL)");
      return tx.sql().execute("INSERT INTO counts VALUES (0)");
    }

    int addOne(Tx tx) {
      tx.lock("counts");
      return tx.sql().execute("UPDATE counts SET n = ?", value(tx) + 1);
    }

    int value(Tx tx) {
      return tx.sql().select("SELECT n FROM counts").mapTo(int.class).one();
    }
  }
}
