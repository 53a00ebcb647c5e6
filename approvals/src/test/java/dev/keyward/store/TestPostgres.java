package dev.keyward.store;

import dev.keyward.store.PostgresSettings.Tls;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// A real PostgreSQL server for tests, started on loopback from Maven Central's binaries, as root
/// too. Everything acknowledged is on disk.
public final class TestPostgres implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(2);
  private static final Duration END = Duration.ofMinutes(1);
  private static final Duration LOOK = Duration.ofMillis(20);

  private static final String TEMPLATE = "keyward_template";

  private final Path folder;
  private final boolean stays; // after it has stopped, to be started again
  private boolean template; // guarded by this
  private EmbeddedPostgres server;

  private TestPostgres(boolean stays) {
    this.stays = stays;
    try {
      folder = Files.createTempDirectory("keyward-postgres");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server = started(TestPorts.free());
  }

  /// {@return the one server that the tests of this process share; it ends with the process}
  public static TestPostgres shared() {
    return Shared.SERVER;
  }

  /// Starts a server that is the caller's own to stop.
  public static TestPostgres start() {
    return new TestPostgres(true);
  }

  /// Makes a migrated database without data; connections to it trust whoever asks.
  public synchronized PostgresSettings database() {
    if (!template) {
      execute("postgres", "CREATE DATABASE " + TEMPLATE + " TEMPLATE template0");
      Migrations.apply(new PostgresServer(settings(TEMPLATE)).source("tests"));
      template = true;
    }
    String name = "t" + UUID.randomUUID().toString().replace("-", "");
    execute("postgres", "CREATE DATABASE " + name + " TEMPLATE " + TEMPLATE);
    return settings(name);
  }

  private PostgresSettings settings(String name) {
    var address =
        new PostgresAddress(
            "127.0.0.1",
            server.getPort(),
            name,
            Optional.of("postgres"),
            Tls.DISABLE,
            Optional.empty());
    return new PostgresSettings(address, Optional.empty(), Optional.empty(), "test");
  }

  /// {@return the address of a database as settings spell it}
  public static String url(PostgresSettings settings) {
    PostgresAddress address = settings.address();
    return "postgresql://postgres@" + address.hostPort() + "/" + address.database();
  }

  /// {@return a connection that knows nothing of the broker}
  public Connection connect(PostgresSettings settings) throws SQLException {
    return server.getDatabase("postgres", settings.address().database()).getConnection();
  }

  /// Runs a statement as the superuser.
  public void execute(PostgresSettings settings, String sql) {
    execute(settings.address().database(), sql);
  }

  /// Ends every connection to a database from the server's side.
  public void disconnectAll(PostgresSettings settings) {
    execute(
        "postgres",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"
            + settings.address().database()
            + "'");
  }

  /// {@return the folder with the server's programs}
  public Path programs() {
    return Path.of(answer("SELECT setting FROM pg_config WHERE name = 'BINDIR'"));
  }

  /// From now on `role` is let in over TLS and with `password` only, into a new and empty database
  /// of its name, which it owns.
  ///
  /// @param certificate of the server, in PEM; mode 0600, as its key
  public void demandPassword(String role, String password, Path certificate, Path key) {
    execute("postgres", "CREATE ROLE " + role + " LOGIN PASSWORD '" + password + "'");
    execute("postgres", "CREATE DATABASE " + role + " OWNER " + role);
    execute("postgres", "ALTER SYSTEM SET ssl = on");
    execute("postgres", "ALTER SYSTEM SET ssl_cert_file = '" + certificate + "'");
    execute("postgres", "ALTER SYSTEM SET ssl_key_file = '" + key + "'");
    try {
      Files.writeString(
          Path.of(answer("SHOW hba_file")),
          """
          host all postgres 127.0.0.1/32 trust
          hostssl %1$s %1$s all scram-sha-256
          """
              .formatted(role));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    stop();
    startAgain();
  }

  /// From now on whoever is not the superuser is let in with a password only (SCRAM).
  public synchronized void demandPasswords() {
    Path rules = Path.of(answer("SHOW hba_file"));
    try {
      String before = Files.readString(rules);
      Files.writeString(
          rules,
          """
          host all postgres 127.0.0.1/32 trust
          host all all 127.0.0.1/32 scram-sha-256
          """
              + before);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    answer("SELECT pg_reload_conf()");
  }

  /// {@return the port on 127.0.0.1}
  public int port() {
    return server.getPort();
  }

  /// Stops the server, and waits until it has ended; what it has acknowledged stays.
  public void stop() {
    try {
      server.close(); // asks for it, and looks away after some seconds
      long end = System.nanoTime() + END.toNanos();
      while (lives()) {
        if (System.nanoTime() > end) {
          throw new IllegalStateException("the database server does not end");
        }
        LockSupport.parkNanos(LOOK.toNanos());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Its file is the last that a server leaves, and stays if it is killed.
  private boolean lives() throws IOException {
    try (Stream<String> lines = Files.lines(folder.resolve("data/postmaster.pid"))) {
      return lines
          .findFirst()
          .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid.strip())))
          .isPresent();
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /// Starts it again on the same port.
  public void startAgain() {
    server = started(server.getPort());
  }

  /// Stops it and removes what it kept.
  @Override
  public void close() {
    stop();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// {@return the one value that a query of the superuser's gives}
  public String answer(String sql) {
    try (var connection = server.getPostgresDatabase().getConnection();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void execute(String database, String sql) {
    try (var connection = server.getDatabase("postgres", database).getConnection();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private EmbeddedPostgres started(int port) {
    try {
      return EmbeddedPostgres.builder()
          .setDataDirectory(folder.resolve("data"))
          .setCleanDataDirectory(!stays)
          .setLocaleConfig("locale", "C")
          // It would else start without fsync and synchronous commits.
          .setServerConfig("fsync", "on")
          .setServerConfig("synchronous_commit", "on")
          .setServerConfig("max_connections", "200")
          .setOutputRedirector(Redirect.DISCARD)
          .setErrorRedirector(Redirect.DISCARD)
          .setPGStartupWait(START)
          .setPort(port)
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Shared {
    static final TestPostgres SERVER = new TestPostgres(false);
  }
}
