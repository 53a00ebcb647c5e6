package dev.keyward.server.handle;

import dev.keyward.call.AgentId;
import dev.keyward.call.RunId;
import dev.keyward.call.ToolName;
import dev.keyward.call.ToolPattern;
import dev.keyward.catalog.Target;
import dev.keyward.redaction.Handle;
import dev.keyward.store.Tx;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The table of handles, statement by statement.
final class HandleRows {
  private HandleRows() {}

  /// A handle with what is stored of its value.
  record Row(GivenHandle given, HandleSeal.Sealed sealed) {}

  /// Stores a handle.
  ///
  /// @param identity the same for the same value at the same place of the same run
  static void insert(Tx tx, GivenHandle given, String identity, HandleSeal.Sealed sealed) {
    tx.sql()
        .createUpdate(
            """
            INSERT INTO handles (handle, identity, run, agent, tool, system, origin, destinations,
              given_at, nonce, ciphertext)
            VALUES (:handle, :identity, :run, :agent, :tool, :system, :origin, :destinations,
              :given, :nonce, :ciphertext)""")
        .bind("handle", given.handle().text())
        .bind("identity", identity)
        .bind("run", given.run().value())
        .bind("agent", given.agent().value())
        .bind("tool", given.from().value())
        .bind("system", given.target().system())
        .bind("origin", given.target().origin().toString())
        .bind("destinations", String.join(" ", given.to().stream().map(Object::toString).toList()))
        .bind("given", given.given().toEpochMilli())
        .bind("nonce", sealed.nonce())
        .bind("ciphertext", sealed.ciphertext())
        .execute();
  }

  static Optional<Row> find(Tx tx, Handle handle) {
    return tx.sql()
        .createQuery("SELECT * FROM handles WHERE handle = :handle")
        .bind("handle", handle.text())
        .map((row, _) -> row(row))
        .findFirst();
  }

  static Optional<Handle> findSame(Tx tx, String identity) {
    return tx.sql()
        .createQuery("SELECT handle FROM handles WHERE identity = :identity")
        .bind("identity", identity)
        .mapTo(String.class)
        .findFirst()
        .flatMap(Handle::parse);
  }

  static int count(Tx tx, RunId run) {
    return tx.sql()
        .createQuery("SELECT COUNT(*) FROM handles WHERE run = :run")
        .bind("run", run.value())
        .mapTo(Integer.class)
        .one();
  }

  /// {@return all handles of a run, oldest first}
  static List<Row> of(Tx tx, RunId run) {
    return tx.sql()
        .createQuery("SELECT * FROM handles WHERE run = :run ORDER BY given_at, handle")
        .bind("run", run.value())
        .map((row, _) -> row(row))
        .list();
  }

  /// Writes over the values, which are as long as before, and takes the rows away.
  static void erase(Tx tx, RunId run) {
    for (Row row : of(tx, run)) {
      tx.sql()
          .createUpdate(
              "UPDATE handles SET nonce = :nonce, ciphertext = :ciphertext WHERE handle = :handle")
          .bind("nonce", "0".repeat(row.sealed().nonce().length()))
          .bind("ciphertext", "0".repeat(row.sealed().ciphertext().length()))
          .bind("handle", row.given().handle().text())
          .execute();
    }
    tx.sql()
        .createUpdate("DELETE FROM handles WHERE run = :run")
        .bind("run", run.value())
        .execute();
  }

  private static Row row(ResultSet row) throws SQLException {
    String to = row.getString("destinations");
    var given =
        new GivenHandle(
            Handle.parse(row.getString("handle")).orElseThrow(),
            new RunId(row.getString("run")),
            new AgentId(row.getString("agent")),
            new ToolName(row.getString("tool")),
            Target.of(row.getString("system"), row.getString("origin")),
            Arrays.stream(to.split(" ", -1))
                .filter(pattern -> !pattern.isEmpty())
                .map(ToolPattern::new)
                .toList(),
            Instant.ofEpochMilli(row.getLong("given_at")));
    return new Row(
        given, new HandleSeal.Sealed(row.getString("nonce"), row.getString("ciphertext")));
  }
}
