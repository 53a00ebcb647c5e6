package dev.keyward.approvals.web;

import dev.keyward.call.PersonId;
import dev.keyward.store.Tx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The table of sessions, statement by statement. A row that has been idle or old for too long is
/// no session, though it may still be there.
final class SessionRows {
  /// Enough of a token's hash to tell a person's sessions apart.
  private static final String NAME = "substr(token_hash, 1, 12)";

  private static final int LONGEST = 200;
  private static final String LIVE = "seen_at > :idle AND started_at > :oldest";

  private SessionRows() {}

  static void insert(Tx tx, String hash, String person, Instant now, String browser) {
    insert(tx, hash, person, now, now, browser, 0);
  }

  /// @param since when the person had signed in: the terminal's session ends with that, at the
  ///   latest
  static void insertTerminal(
      Tx tx, String hash, PersonId person, Instant since, Instant now, String name) {
    insert(tx, hash, person.value(), since, now, name, 1);
  }

  private static void insert(
      Tx tx, String hash, String person, Instant started, Instant now, String name, int terminal) {
    tx.sql()
        .createUpdate("DELETE FROM person_session WHERE NOT (" + LIVE + ")")
        .bind("idle", before(now, SqlPeople.IDLE))
        .bind("oldest", before(now, SqlPeople.ABSOLUTE))
        .execute();
    tx.update(
        "INSERT INTO person_session"
            + " (token_hash, person_id, started_at, seen_at, browser, terminal)"
            + " VALUES (?, ?, ?, ?, ?, ?)",
        hash,
        person,
        started.toEpochMilli(),
        now.toEpochMilli(),
        name.length() > LONGEST ? name.substring(0, LONGEST) : name,
        terminal);
  }

  /// {@return since when the person of this session is signed in, if it is there}
  static Optional<Instant> started(Tx tx, String hash) {
    return tx.sql()
        .createQuery("SELECT started_at FROM person_session WHERE token_hash = :hash")
        .bind("hash", hash)
        .mapTo(Long.class)
        .findOne()
        .map(Instant::ofEpochMilli);
  }

  /// Newest first.
  static List<OpenSession> of(Tx tx, String person, Instant now) {
    return tx.sql()
        .createQuery(
            "SELECT "
                + NAME
                + " AS name, started_at, seen_at, browser, terminal FROM person_session"
                + " WHERE person_id = :id AND "
                + LIVE
                + " ORDER BY started_at DESC, token_hash")
        .bind("id", person)
        .bind("idle", before(now, SqlPeople.IDLE))
        .bind("oldest", before(now, SqlPeople.ABSOLUTE))
        .map(
            (row, _) ->
                new OpenSession(
                    row.getString("name"),
                    Instant.ofEpochMilli(row.getLong("started_at")),
                    Instant.ofEpochMilli(row.getLong("seen_at")),
                    row.getString("browser"),
                    row.getInt("terminal") == 1))
        .list();
  }

  static String name(String hash) {
    return hash.substring(0, 12);
  }

  /// Ends one of a person's sessions; returns how many that were.
  static int end(Tx tx, String person, String name) {
    return tx.update(
        "DELETE FROM person_session WHERE person_id = ? AND " + NAME + " = ?", person, name);
  }

  /// Ends all of a person's sessions but one; returns how many that were.
  static int endAll(Tx tx, String person, Optional<String> butHash) {
    return tx.update(
        "DELETE FROM person_session WHERE person_id = ? AND token_hash <> ?",
        person,
        butHash.orElse(""));
  }

  private static long before(Instant now, Duration time) {
    return now.minus(time).toEpochMilli();
  }
}
