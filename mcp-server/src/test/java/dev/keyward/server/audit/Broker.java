package dev.keyward.server.audit;

import dev.keyward.store.Database;
import dev.keyward.store.TestSqlite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// A broker's audit on a real SQLite file, to start, stop and tamper with.
final class Broker {
  final SettableClock clock = new SettableClock();
  final Path databaseFile;
  final Path checkpointFile;
  final SigningKey key;
  private final SecureRandom random = new SecureRandom();

  Broker(Path folder) throws IOException {
    databaseFile = folder.resolve("keyward.db");
    checkpointFile = folder.resolve("checkpoints");
    key =
        SigningKey.create(
            folder.resolve("audit.key"), folder.resolve("audit.pub"), "broker.example", random);
  }

  /// What is done while the broker runs.
  interface Work {
    void with(Running running) throws IOException;
  }

  /// The parts of a running broker.
  record Running(Database database, SqlAuditLog log, Checkpoints checkpoints) {
    void append(AuditEvent event) {
      database.write(
          tx -> {
            log.append(tx, event);
            return true;
          });
    }

    void append(int count) {
      for (int i = 0; i < count; i++) {
        append(Samples.intent(Samples.CALL));
      }
    }

    List<AuditRecord> newest(int count) {
      return new AuditRecords(database).list(AuditFilter.newest(count));
    }
  }

  /// Starts, works and stops in order; returns the chain's name.
  String run(Work work) throws IOException {
    return run(true, work);
  }

  /// Starts and works, then vanishes: no stop, no last checkpoint.
  String crash(Work work) throws IOException {
    return run(false, work);
  }

  private String run(boolean stop, Work work) throws IOException {
    try (Database database = TestSqlite.open(databaseFile)) {
      var checkpoints = Checkpoints.open(database, checkpointFile, key, clock);
      var log = new SqlAuditLog(database, clock, random, "broker-1");
      log.onRecorded(checkpoints::recorded);
      log.start(Samples.facts(key.verifier().toString()), checkpoints.last());
      checkpoints.write();
      work.with(new Running(database, log, checkpoints));
      if (stop) {
        log.stop();
        checkpoints.write();
      }
      return log.chain();
    }
  }

  /// Runs SQL as whoever owns the file would, the guard taken away first.
  void tamper(String... statements) throws SQLException {
    try (Connection connection = connect();
        var statement = connection.createStatement()) {
      statement.execute("DROP TRIGGER IF EXISTS audit_events_no_update");
      statement.execute("DROP TRIGGER IF EXISTS audit_events_no_delete");
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  Connection connect() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + databaseFile);
  }

  Verification verify() throws IOException {
    return AuditVerifier.verify(
        databaseFile, Optional.of(checkpointFile), Optional.of(key.verifier()));
  }

  Verification verifyWithoutCheckpoints() throws IOException {
    return AuditVerifier.verify(databaseFile, Optional.empty(), Optional.empty());
  }

  String checkpoints() throws IOException {
    return Files.readString(checkpointFile);
  }

  /// {@return each note of the file as it stands there}
  List<String> notes() throws IOException {
    return List.of(checkpoints().split("(?<=\n\n)(?=broker)"));
  }

  void checkpoints(String text) throws IOException {
    Files.writeString(checkpointFile, text);
  }
}
