package dev.keyward.server.crash;

import dev.keyward.server.TestBroker;
import dev.keyward.server.audit.AuditVerifier;
import dev.keyward.server.audit.RecordSource;
import dev.keyward.server.audit.Verification;
import dev.keyward.server.audit.VerifierKey;
import dev.keyward.server.config.Home;
import dev.keyward.store.PostgresAddress;
import dev.keyward.store.PostgresSettings;
import dev.keyward.store.TestPorts;
import dev.keyward.store.TestPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A PostgreSQL server whose data lie on a small disk, and its log of changes there too or on a
/// disk with room. Run in a user namespace of its own, since it refuses to run as root.
final class SmallPostgres implements Engine {
  private static final int PATIENCE_SECONDS = 60;

  private final SmallDisk disk;
  private final Path data;
  private final Home home;
  private final Path programs = TestPostgres.shared().programs();
  private final PostgresSettings database;
  private Process server;

  /// Makes the data and starts the server.
  ///
  /// @param data where the data will be
  /// @param log where its log of changes will be
  /// @param home of the broker that will work on it
  SmallPostgres(SmallDisk disk, Path data, Path log, Home home) throws Exception {
    this.disk = disk;
    this.data = data;
    this.home = home;
    var address =
        new PostgresAddress(
            "127.0.0.1",
            TestPorts.free(),
            "postgres",
            Optional.of("postgres"),
            PostgresSettings.Tls.DISABLE,
            Optional.empty());
    this.database = new PostgresSettings(address, Optional.empty(), Optional.empty(), "test");
    Process made =
        run(
            "initdb",
            List.of(
                "-X",
                log.toString(),
                "-U",
                "postgres",
                "-A",
                "trust",
                "--locale=C",
                "--no-sync",
                "--wal-segsize=1"));
    if (!made.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || made.exitValue() != 0) {
      throw new IllegalStateException("initdb failed");
    }
    server = started();
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
    return DriverManager.getConnection(
        "jdbc:postgresql://" + database.address().hostPort() + "/postgres?user=postgres");
  }

  @Override
  public Verification verify() throws IOException {
    return AuditVerifier.verify(
        new RecordSource.InPostgres(database),
        List.of(home.folder().resolve("checkpoints.txt")),
        List.of(VerifierKey.read(home.auditPublicKey())));
  }

  @Override
  public boolean isServer() {
    return true;
  }

  /// {@return whether the server runs}
  boolean lives() {
    return server.isAlive();
  }

  /// {@return whether the server ends by itself}
  boolean givesUp() throws InterruptedException {
    return server.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /// Starts the server again if it has given up, as whoever watches over services does.
  @Override
  public void comeBack() {
    if (!lives()) {
      try {
        server = started();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Override
  public void close() {
    try {
      if (!run("pg_ctl", List.of("stop", "-m", "immediate"))
          .waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the server does not end");
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Without autovacuum, which would find a little room now and then, and without using files of
  /// the log again.
  private Process started() throws IOException {
    Process process =
        run(
            "postgres",
            List.of(
                "-p",
                Integer.toString(database.address().port()),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=",
                "-c",
                "min_wal_size=2MB",
                "-c",
                "wal_keep_size=1GB",
                "-c",
                "shared_buffers=16MB",
                "-c",
                "autovacuum=off"));
    while (process.isAlive() && !answers()) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
    if (!process.isAlive()) {
      throw new IllegalStateException("the database server does not start");
    }
    return process;
  }

  private boolean answers() {
    try (Connection sql = connect()) {
      return sql.isValid(PATIENCE_SECONDS);
    } catch (SQLException e) {
      return false;
    }
  }

  private Process run(String program, List<String> arguments) throws IOException {
    var command = new ArrayList<>(disk.runner());
    command.addAll(List.of("unshare", "-U", programs.resolve(program).toString()));
    command.addAll(List.of("-D", data.toString()));
    command.addAll(arguments);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }
}
