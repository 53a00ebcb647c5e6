package dev.keyward.store;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.MigrationVersion;

/// Brings the tables to the version of this program: forward only, files
/// `db/keyward/V###__name.sql` on the class path.
final class Migrations {
  private static final String FOLDER = "db/keyward";

  private Migrations() {}

  /// Does [#apply] to a SQLite file, unless it was done already with the very files that this
  /// program has, which the file's `user_version` says: the tool takes longer to find that out than
  /// the broker otherwise takes to start.
  ///
  /// @throws StoreUnavailable as [#apply]
  static void applyOnce(DataSource database) {
    int files = MigrationFiles.checksum(FOLDER);
    if (mark(database) == files) {
      return;
    }
    apply(database);
    try (var connection = database.getConnection();
        var statement = connection.createStatement()) {
      statement.execute("PRAGMA user_version = " + files);
    } catch (SQLException e) {
      throw new StoreUnavailable("database could not be brought to this version", e);
    }
  }

  private static int mark(DataSource database) {
    try (var connection = database.getConnection();
        var statement = connection.createStatement();
        var row = statement.executeQuery("PRAGMA user_version")) {
      return row.getInt(1);
    } catch (SQLException e) {
      throw new StoreUnavailable("database could not be brought to this version", e);
    }
  }

  /// Applies what is missing, and checks that what is applied is what the files say.
  ///
  /// @throws StoreUnavailable if it does not apply, or the database is newer, which the message
  ///   says, or another's
  static void apply(DataSource database) {
    try {
      Flyway flyway =
          Flyway.configure()
              .dataSource(database)
              .locations("classpath:" + FOLDER)
              .encoding(StandardCharsets.UTF_8)
              .validateMigrationNaming(true)
              .failOnMissingLocations(true)
              .ignoreMigrationPatterns(new String[0]) // by default a newer database would do
              .loggers(FlywayLog.class.getName())
              .load();
      refuseNewer(flyway.info());
      flyway.migrate();
    } catch (FlywayException e) {
      throw new StoreUnavailable("database could not be brought to this version", e);
    }
  }

  /// What a newer program made of the tables, this one would misread; nothing migrates back.
  private static void refuseNewer(MigrationInfoService info) {
    Optional<MigrationVersion> known =
        Stream.of(info.all())
            .filter(migration -> migration.getState().isResolved())
            .map(MigrationInfo::getVersion)
            .max(Comparator.naturalOrder());
    Optional.ofNullable(info.current())
        .map(MigrationInfo::getVersion)
        .filter(version -> known.filter(newest -> version.compareTo(newest) <= 0).isEmpty())
        .ifPresent(
            version -> {
              throw new StoreUnavailable(
                  "database is of a newer Keyward: its tables have version "
                      + version
                      + ", this program knows "
                      + known.map(MigrationVersion::toString).orElse("none")
                      + "; run the newer program, or restore the backup made before the upgrade");
            });
  }
}
