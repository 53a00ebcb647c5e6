package dev.keyward.server.audit;

import dev.keyward.store.PostgresSettings;
import java.nio.file.Path;

/// Where the record to be verified lies.
public sealed interface RecordSource {
  /// A SQLite file.
  record InFile(Path file) implements RecordSource {}

  /// A PostgreSQL database; it is only read.
  record InPostgres(PostgresSettings settings) implements RecordSource {}
}
