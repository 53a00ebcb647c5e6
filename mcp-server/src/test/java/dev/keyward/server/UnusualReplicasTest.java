package dev.keyward.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.keyward.store.PostgresSettings;
import dev.keyward.store.TestPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What an agent does at several brokers is looked at as one behaviour.
@Timeout(180)
final class UnusualReplicasTest {
  private static final long AWHILE = 20_000_000; // nanoseconds
  private static final String TICKET = "{\"ticket_id\":\"4812\"}";

  @TempDir Path folder;

  @Test
  void denialsAtTwoBrokersAreOneStreak() throws Exception {
    PostgresSettings database = TestPostgres.shared().database();
    String settings =
        TestBroker.on(database) + "unusual: {denied_streak: {reaction: stop, calls: 6}}\n";
    try (var one = TestBroker.in(folder, settings);
        var two = one.sister(folder, settings)) {
      AgentClient here = one.agent("a1", "crm.*");
      AgentClient there = two.visited(here);
      while (there.call("crm.read_ticket", TICKET).status() == 401) {
        LockSupport.parkNanos(AWHILE); // a new key is known within a second
      }
      for (int i = 0; i < 4; i++) {
        assertEquals("unknown_tool", here.call("nobody.knows", "{}").code());
      }
      while (denied(database) < 4) {
        LockSupport.parkNanos(AWHILE); // what is counted is saved each second
      }
      two.clock().move(Duration.ofMinutes(2)); // what others counted is read each minute
      awaitChores();

      for (int i = 0; i < 2; i++) {
        assertEquals("unknown_tool", there.call("nobody.knows", "{}").code());
      }

      assertEquals("stopped", there.call("crm.read_ticket", TICKET).code());
    }
  }

  /// Several times the second between them.
  private static void awaitChores() {
    long done = System.nanoTime() + Duration.ofSeconds(5).toNanos();
    while (System.nanoTime() < done) {
      LockSupport.parkNanos(AWHILE);
    }
  }

  private static long denied(PostgresSettings database) throws SQLException {
    try (Connection sql = TestPostgres.shared().connect(database);
        ResultSet row =
            sql.createStatement()
                .executeQuery(
                    "SELECT COALESCE(SUM(count), 0) FROM behaviour WHERE what = 'denied'")) {
      row.next();
      return row.getLong(1);
    }
  }
}
