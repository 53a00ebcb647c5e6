package dev.keyward.server.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The record as it lies in a SQLite file, read without trusting it: one snapshot, read-only,
/// beside a broker that may be running. For one thread.
final class StoredChains implements AutoCloseable {
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

  /// Opens a snapshot of `file`.
  ///
  /// @throws IOException if it is not a database with an audit record
  static StoredChains open(Path file) throws IOException {
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
    try {
      connection.setAutoCommit(false);
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
    try (var statement = connection.createStatement();
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
