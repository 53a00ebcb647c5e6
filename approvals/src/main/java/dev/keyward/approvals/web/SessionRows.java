package dev.keyward.approvals.web;

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
    tx.sql()
        .createUpdate("DELETE FROM person_session WHERE NOT (" + LIVE + ")")
        .bind("idle", before(now, SqlPeople.IDLE))
        .bind("oldest", before(now, SqlPeople.ABSOLUTE))
        .execute();
    tx.update(
        "INSERT INTO person_session (token_hash, person_id, started_at, seen_at, browser)"
            + " VALUES (?, ?, ?, ?, ?)",
        hash,
        person,
        now.toEpochMilli(),
        now.toEpochMilli(),
        browser.length() > LONGEST ? browser.substring(0, LONGEST) : browser);
  }

  /// Newest first.
  static List<OpenSession> of(Tx tx, String person, Instant now) {
    return tx.sql()
        .createQuery(
            "SELECT "
                + NAME
                + " AS name, started_at, seen_at, browser FROM person_session"
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
                    row.getString("browser")))
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
