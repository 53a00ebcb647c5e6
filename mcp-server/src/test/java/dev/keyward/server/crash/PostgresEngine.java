package dev.keyward.server.crash;

import dev.keyward.server.TestBroker;
import dev.keyward.server.audit.AuditVerifier;
import dev.keyward.server.audit.RecordSource;
import dev.keyward.server.audit.Verification;
import dev.keyward.server.audit.VerifierKey;
import dev.keyward.server.config.Home;
import dev.keyward.store.PostgresSettings;
import dev.keyward.store.TestPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A PostgreSQL server of its own, which can be killed too.
final class PostgresEngine implements Engine {
  private final List<Home> homes;
  private final TestPostgres server = TestPostgres.start();
  private final PostgresSettings database = server.database();

  /// @param homes those of the brokers that will work on it
  PostgresEngine(Home... homes) {
    this.homes = List.of(homes);
  }

  @Override
  public String name() {
    return "postgresql";
  }

  @Override
  public String settings() {
    return TestBroker.on(database);
  }

  @Override
  public Connection connect() throws SQLException {
    return server.connect(database);
  }

  @Override
  public Verification verify() throws IOException {
    var checkpoints = new ArrayList<Path>();
    var keys = new ArrayList<VerifierKey>();
    for (Home home : homes) {
      checkpoints.add(home.folder().resolve("checkpoints.txt"));
      keys.add(VerifierKey.read(home.auditPublicKey()));
    }
    return AuditVerifier.verify(new RecordSource.InPostgres(database), checkpoints, keys);
  }

  @Override
  public boolean isServer() {
    return true;
  }

  @Override
  public void kill() throws Exception {
    ProcessHandle postmaster = postmaster();
    List<ProcessHandle> all =
        Stream.concat(Stream.of(postmaster), postmaster.descendants()).toList();
    all.forEach(ProcessHandle::destroyForcibly);
    for (ProcessHandle process : all) {
      process.onExit().get(60, TimeUnit.SECONDS);
    }
  }

  /// Stops the server in order.
  void stop() {
    server.stop();
  }

  @Override
  public void comeBack() {
    server.stop(); // of the fixture's own state: the server itself is gone
    server.startAgain();
  }

  @Override
  public void close() {
    server.close();
  }

  private ProcessHandle postmaster() throws Exception {
    try (var sql = connect();
        var statement = sql.createStatement();
        var row = statement.executeQuery("SHOW data_directory")) {
      row.next();
      String pid = Files.readAllLines(Path.of(row.getString(1), "postmaster.pid")).getFirst();
      return ProcessHandle.of(Long.parseLong(pid.strip())).orElseThrow();
    }
  }
}
