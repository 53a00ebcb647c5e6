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

  private static final String LET_IN_BY = "substr(let_in_by, 1, 12)";

  private static final int LONGEST = 200;
  private static final String LIVE = "seen_at > :idle AND started_at > :oldest";

  private SessionRows() {}

  static void insert(Tx tx, String hash, String person, Instant now, String browser) {
    insert(tx, hash, person, Optional.empty(), now, browser);
  }

  /// The session that let a terminal in.
  ///
  /// @param hash of its token
  /// @param since when the person had signed in: the terminal's session ends with that, at the
  ///   latest
  record From(String hash, Instant since) {}

  static void insertTerminal(
      Tx tx, String hash, PersonId person, From from, Instant now, String name) {
    insert(tx, hash, person.value(), Optional.of(from), now, name);
  }

  private static void insert(
      Tx tx, String hash, String person, Optional<From> from, Instant now, String name) {
    tx.sql()
        .createUpdate("DELETE FROM person_session WHERE NOT (" + LIVE + ")")
        .bind("idle", before(now, SqlPeople.IDLE))
        .bind("oldest", before(now, SqlPeople.ABSOLUTE))
        .execute();
    tx.update(
        "INSERT INTO person_session"
            + " (token_hash, person_id, started_at, seen_at, browser, terminal, let_in_by)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?)",
        hash,
        person,
        from.map(From::since).orElse(now).toEpochMilli(),
        now.toEpochMilli(),
        name.length() > LONGEST ? name.substring(0, LONGEST) : name,
        from.isPresent() ? 1 : 0,
        from.map(From::hash).orElse(null));
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

  /// {@return whose session this is, if it is there}
  static Optional<PersonId> person(Tx tx, String hash, boolean terminal) {
    return tx.sql()
        .createQuery(
            "SELECT person_id FROM person_session"
                + " WHERE token_hash = :hash AND terminal = :terminal")
        .bind("hash", hash)
        .bind("terminal", terminal ? 1 : 0)
        .mapTo(String.class)
        .findOne()
        .map(PersonId::new);
  }

  /// Ends one of a person's sessions, and those of terminals that it let in; returns how many that
  /// were.
  static int end(Tx tx, PersonId person, String name) {
    return tx.update(
        "DELETE FROM person_session WHERE person_id = ? AND (%s = ? OR %s = ?)"
            .formatted(NAME, LET_IN_BY),
        person.value(),
        name,
        name);
  }

  /// Ends all of a person's sessions but one; returns how many that were.
  static int endAll(Tx tx, PersonId person, Optional<String> butHash) {
    return tx.update(
        "DELETE FROM person_session WHERE person_id = ? AND token_hash <> ?",
        person.value(),
        butHash.orElse(""));
  }

  private static long before(Instant now, Duration time) {
    return now.minus(time).toEpochMilli();
  }
}
