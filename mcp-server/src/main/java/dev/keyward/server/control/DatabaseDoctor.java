package dev.keyward.server.control;

import dev.keyward.server.config.Config;
import dev.keyward.server.config.DatabaseConfig;
import dev.keyward.server.config.DatabaseConfig.PasswordPlace;
import dev.keyward.store.Database;
import dev.keyward.store.PostgresSettings.Tls;
import dev.keyward.store.StoreUnavailable;
import dev.keyward.store.Tx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;

/// What the doctor says about a PostgreSQL server: version, rights, and whether what it
/// acknowledges is on disk.
final class DatabaseDoctor {
  private static final String WHAT = "database";
  private static final Duration SKEW = Duration.ofSeconds(2);
  private static final String FACTS =
      """
      SELECT current_setting('server_version') AS version,
        current_setting('synchronous_commit') AS synchronous_commit,
        current_setting('fsync') AS fsync,
        current_setting('full_page_writes') AS full_page_writes,
        current_user AS role,
        (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS superuser,
        has_schema_privilege(current_schema(), 'CREATE') AS creates,
        has_table_privilege('audit_events', 'INSERT') AS inserts,
        pg_is_in_recovery() AS standby,
        (SELECT count(*) FROM pg_stat_activity
          WHERE datname = current_database() AND application_name = 'keyward writer') AS writers,
        extract(epoch FROM clock_timestamp()) * 1000 AS millis""";

  private final Database database;
  private final InstantSource clock;

  DatabaseDoctor(Database database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  /// Takes findings.
  interface Says {
    void say(boolean well, String otherwise, String what, String good, String bad);
  }

  /// One row of settings.
  private record Facts(
      String version,
      String synchronousCommit,
      boolean fsync,
      boolean fullPageWrites,
      String role,
      boolean superuser,
      boolean creates,
      boolean inserts,
      boolean standby,
      long writers,
      Instant now) {}

  void examine(Config config, Says says) {
    DatabaseConfig settings = config.database().orElseThrow();
    try {
      Facts facts = database.read(DatabaseDoctor::facts);
      server(facts, says);
      rights(facts, says);
      durability(facts, says);
    } catch (StoreUnavailable e) {
      says.say(false, "problem", WHAT, "", "does not answer; until it does, calls are refused");
    }
    connection(settings, says);
  }

  private void server(Facts facts, Says says) {
    says.say(
        !facts.standby,
        "problem",
        WHAT,
        "PostgreSQL "
            + facts.version
            + ", "
            + facts.writers
            + (facts.writers == 1 ? " broker is" : " brokers are")
            + " connected",
        "is a standby, which takes no writes; name the primary in database.url");
    Duration skew = Duration.between(facts.now, clock.instant()).abs();
    says.say(
        skew.compareTo(SKEW) < 0,
        "warning",
        WHAT + " clock",
        "agrees with this machine's",
        "differs from this machine's by "
            + skew.toSeconds()
            + " s; approvals and runs end by each broker's own clock, so keep them in step (NTP)");
  }

  private static void rights(Facts facts, Says says) {
    says.say(
        facts.creates && facts.inserts,
        "problem",
        WHAT + " rights",
        facts.role + " may migrate and write",
        facts.role
            + (facts.creates ? " may not write the audit" : " may not create tables, so no upgrade")
            + "; make it the owner of the database: ALTER DATABASE … OWNER TO "
            + facts.role);
    says.say(
        !facts.superuser,
        "warning",
        WHAT + " role",
        facts.role + " is no superuser",
        facts.role
            + " is a superuser; give Keyward a role that owns its database and nothing else");
  }

  private static void durability(Facts facts, Says says) {
    says.say(
        facts.fsync,
        "problem",
        WHAT + " fsync",
        "is on",
        "is off: a crash of the server loses or corrupts what was acknowledged; set fsync = on");
    says.say(
        facts.fullPageWrites,
        "warning",
        WHAT + " full_page_writes",
        "is on",
        "is off: right only on storage that never tears a page; set full_page_writes = on");
    String commit = facts.synchronousCommit;
    says.say(
        !DOUBTFUL.containsKey(commit),
        "warning",
        WHAT + " synchronous_commit",
        "is " + commit,
        commit + ": " + DOUBTFUL.getOrDefault(commit, ""));
  }

  private static final Map<String, String> DOUBTFUL =
      Map.of(
          "off",
          "commits are acknowledged before they are on disk; Keyward sets it on for what it writes,"
              + " so better set it on for the server",
          "local",
          "commits are on the primary's disk only; with a standby, a failover can lose approvals and"
              + " records that were acknowledged: set it on",
          "remote_write",
          "the standby has commits in memory, not on disk; if both machines fail at once,"
              + " acknowledged records are lost: set it on");

  private static void connection(DatabaseConfig settings, Says says) {
    Tls tls = settings.address().tls();
    String host = settings.address().host();
    boolean here = host.equals("localhost") || host.startsWith("127.") || host.equals("::1");
    says.say(
        here || tls == Tls.VERIFY_FULL,
        "warning",
        WHAT + " connection",
        here ? "stays on this machine" : "is encrypted and checked",
        "tls is "
            + tls.wire()
            + ": who sits between can read or change all of it; use verify-full");
    settings.password().ifPresent(place -> password(place, says));
  }

  private static void password(PasswordPlace place, Says says) {
    switch (place) {
      case PasswordPlace.InVariable _ -> {} // the environment is the process's own
      case PasswordPlace.InFile(var file) ->
          says.say(
              !readByAll(file),
              "warning",
              WHAT + " password",
              "its file is closed to others",
              file + " can be read by everybody on this machine: chmod 600 " + file);
    }
  }

  private static boolean readByAll(Path file) {
    try {
      return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  private static Facts facts(Tx tx) {
    return tx.sql()
        .createQuery(FACTS)
        .map(
            (row, _) ->
                new Facts(
                    row.getString("version"),
                    row.getString("synchronous_commit"),
                    row.getString("fsync").equals("on"),
                    row.getString("full_page_writes").equals("on"),
                    row.getString("role"),
                    row.getBoolean("superuser"),
                    row.getBoolean("creates"),
                    row.getBoolean("inserts"),
                    row.getBoolean("standby"),
                    row.getLong("writers"),
                    Instant.ofEpochMilli(row.getLong("millis"))))
        .one();
  }
}
