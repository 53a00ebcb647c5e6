package dev.keyward.server.audit;

import dev.keyward.store.PostgresDatabase;
import dev.keyward.store.PostgresSettings;
import dev.keyward.store.StoreUnavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The record as it lies in a database, read without trusting it: one snapshot, read-only, beside a
/// broker that may be running. For one thread.
final class StoredChains implements AutoCloseable {
  private static final int ROWS_AT_ONCE = 1_000;

  private final Connection connection;

  private StoredChains(Connection connection) {
    this.connection = connection;
  }

  /// One row as it stands; what is NULL reads as the empty text.
  record Row(
      String chain,
      long seq,
      String id,
      long at,
      String type,
      String call,
      String run,
      String agent,
      String tool,
      String body,
      String leaf,
      String hash) {}

  /// Is shown rows one by one.
  interface Reader {
    void row(Row row);
  }

  /// Opens a snapshot.
  ///
  /// @throws IOException if it is not a database with an audit record
  static StoredChains open(RecordSource source) throws IOException {
    return switch (source) {
      case RecordSource.InFile(var file) -> open(file);
      case RecordSource.InPostgres(var settings) -> open(settings);
    };
  }

  private static StoredChains open(PostgresSettings settings) throws IOException {
    try {
      return checked(PostgresDatabase.snapshot(settings));
    } catch (StoreUnavailable e) {
      throw new IOException(e.getMessage(), e);
    } catch (SQLException e) {
      throw new IOException("the database holds no audit record that this user may read", e);
    }
  }

  private static StoredChains open(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException("there is no database file at the path given");
    }
    try {
      return snapshot(file, "mode=ro");
    } catch (SQLException e) {
      return openCopy(file, e);
    }
  }

  /// A copy in a folder that cannot be written to opens only if nothing else can be changing it.
  private static StoredChains openCopy(Path file, SQLException first) throws IOException {
    boolean hasLog = Files.exists(file.resolveSibling(file.getFileName() + "-wal"));
    if (hasLog) {
      throw new IOException("the database cannot be read", first);
    }
    try {
      return snapshot(file, "immutable=1");
    } catch (SQLException e) {
      throw new IOException("the database cannot be read, or holds no audit record", e);
    }
  }

  private static StoredChains snapshot(Path file, String mode) throws SQLException {
    String url = "jdbc:sqlite:" + file.toAbsolutePath().toUri().toString() + "?" + mode;
    Connection connection = DriverManager.getConnection(url);
    connection.setAutoCommit(false);
    return checked(connection);
  }

  private static StoredChains checked(Connection connection) throws SQLException {
    try {
      try (var statement = connection.createStatement();
          var count = statement.executeQuery("SELECT COUNT(*) FROM audit_chains")) {
        count.next();
      }
      return new StoredChains(connection);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /// {@return each chain's replica by the chain's name, in the order in which they started}
  Map<String, String> chains() throws SQLException {
    Map<String, String> chains = new LinkedHashMap<>();
    try (var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "SELECT chain, replica FROM audit_chains ORDER BY started, chain")) {
      while (rows.next()) {
        chains.put(text(rows, 1), text(rows, 2));
      }
    }
    return chains;
  }

  /// Shows every record, by chain and number.
  void read(Reader reader) throws SQLException {
    try (var statement = portions(connection.createStatement());
        var rows =
            statement.executeQuery(
                "SELECT chain, seq, id, at, type, call, run, agent, tool, body, leaf, hash"
                    + " FROM audit_events ORDER BY chain, seq")) {
      while (rows.next()) {
        reader.row(row(rows));
      }
    }
  }

  /// {@return the stored hash of one record}
  Optional<String> hashAt(String chain, long seq) throws SQLException {
    try (var query =
        connection.prepareStatement("SELECT hash FROM audit_events WHERE chain = ? AND seq = ?")) {
      query.setString(1, chain);
      query.setLong(2, seq);
      try (var rows = query.executeQuery()) {
        return rows.next() ? Optional.of(text(rows, 1)) : Optional.empty();
      }
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  /// A large record is not to be held in memory at once.
  private static Statement portions(Statement statement) throws SQLException {
    statement.setFetchSize(ROWS_AT_ONCE);
    return statement;
  }

  private static Row row(ResultSet rows) throws SQLException {
    return new Row(
        text(rows, 1),
        rows.getLong(2),
        text(rows, 3),
        rows.getLong(4),
        text(rows, 5),
        text(rows, 6),
        text(rows, 7),
        text(rows, 8),
        text(rows, 9),
        text(rows, 10),
        text(rows, 11),
        text(rows, 12));
  }

  private static String text(ResultSet rows, int column) throws SQLException {
    @Nullable String text = rows.getString(column);
    return Objects.requireNonNullElse(text, "");
  }
}
