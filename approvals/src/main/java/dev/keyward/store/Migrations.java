package dev.keyward.store;

import java.nio.charset.StandardCharsets;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/// Brings the tables to the version of this program: forward only, files
/// `db/keyward/V###__name.sql` on the class path.
final class Migrations {
  private Migrations() {}

  /// Applies what is missing, and checks that what is applied is what the files say.
  ///
  /// @throws StoreUnavailable if it does not apply, or the database is newer or another's
  static void apply(DataSource database) {
    try {
      Flyway.configure()
          .dataSource(database)
          .locations("classpath:db/keyward")
          .encoding(StandardCharsets.UTF_8)
          .validateMigrationNaming(true)
          .failOnMissingLocations(true)
          .ignoreMigrationPatterns(new String[0]) // by default a newer database would do
          .loggers(FlywayLog.class.getName())
          .load()
          .migrate();
    } catch (FlywayException e) {
      throw new StoreUnavailable("database could not be brought to this version", e);
    }
  }
}
