package dev.keyward.approvals.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.keyward.approvals.Person;
import dev.keyward.call.PersonId;
import dev.keyward.redaction.Secret;
import dev.keyward.store.Database;
import dev.keyward.store.Tx;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Terminals on their way in, as RFC 8628 has it for devices: each shows a short code, which a
/// person who is signed in types into the page, and then fetches a session of that person's.
///
/// The code alone gives nobody anything, and neither does what the terminal holds. Thread-safe.
final class TerminalLogins {
  /// How long a code is good for, and what comes of it can be fetched.
  static final Duration LIFETIME = Duration.ofMinutes(10);

  /// How many wrong codes a person may type within [#LIFETIME].
  static final int TRIES = 5;

  private static final Crowd CROWD = new Crowd("terminal_login", 200, 10, LIFETIME);
  private static final int LONGEST = 80;

  /// Without vowels, so that no code is a word, and without what looks alike (RFC 8628, 6.1).
  private static final String LETTERS = "BCDFGHJKLMNPQRSTVWXZ";

  private static final int LENGTH = 8;

  private final Database database;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final PersonListener listener;

  /// @param random used on the database's writer thread only
  TerminalLogins(
      Database database, InstantSource clock, RandomGenerator random, PersonListener listener) {
    this.database = database;
    this.clock = clock;
    this.random = random;
    this.listener = listener;
  }

  /// A terminal that has begun to wait.
  ///
  /// @param device what only the terminal knows
  /// @param code what it shows, for example `BCDF-GHJK`
  record Begun(Secret device, String code) {}

  /// A terminal as a person should see it before they let it in.
  ///
  /// @param client what it calls itself
  /// @param host where it says that it runs
  /// @param address from where it came, as this broker sees it
  record Waiting(String client, String host, String address, Instant asked) {}

  /// Which terminal shows a code.
  sealed interface Look {
    record Found(Waiting terminal) implements Look {}

    /// None, or one that somebody has answered, or whose time is up.
    record None() implements Look {}

    /// It is not said, since the person has typed too many wrong ones.
    record Tired() implements Look {}
  }

  /// What a terminal gets that asks for its session.
  sealed interface Fetch {
    record In(Session session) implements Fetch {}

    record NotYet() implements Fetch {}

    /// Refused, fetched already, or out of time.
    record Over() implements Fetch {}
  }

  /// Begins, unless too many wait already.
  Optional<Begun> begin(String client, String host, String address) {
    Instant now = clock.instant();
    return CROWD.admit(
        database,
        address,
        now,
        tx -> {
          var begun = new Begun(Tokens.random(random), code());
          tx.update(
              "INSERT INTO terminal_login (device_hash, code_hash, client, host, address, asked_at)"
                  + " VALUES (?, ?, ?, ?, ?, ?)",
              Tokens.hash(begun.device),
              hash(begun.code),
              cut(client),
              cut(host),
              address,
              now.toEpochMilli());
          return begun;
        });
  }

  /// {@return which terminal shows this code; asking lets nothing in}
  Look look(Session session, String typed) {
    return database.write(tx -> look(tx, session.person().id(), typed));
  }

  /// Lets in, or refuses, the terminal that shows this code; of any number of answers one counts.
  Look answer(Session session, String typed, boolean letIn) {
    PersonId person = session.person().id();
    String here = Tokens.hash(session.token());
    return database.write(
        tx -> {
          Look look = look(tx, person, typed);
          if (!(look instanceof Look.Found)) {
            return look;
          }
          boolean counts = letIn ? letIn(tx, person, hash(typed), here) : refuse(tx, hash(typed));
          return counts ? look : new Look.None();
        });
  }

  /// Not where the session that lets it in has just ended.
  private static boolean letIn(Tx tx, PersonId person, String code, String here) {
    Optional<Instant> since = SessionRows.started(tx, here);
    return since.isPresent()
        && tx.update(
                "UPDATE terminal_login SET person_id = ?, started_at = ?, let_in_by = ?"
                    + " WHERE code_hash = ? AND person_id IS NULL",
                person.value(),
                since.get().toEpochMilli(),
                here,
                code)
            == 1;
  }

  private static boolean refuse(Tx tx, String code) {
    return tx.update("DELETE FROM terminal_login WHERE code_hash = ? AND person_id IS NULL", code)
        == 1;
  }

  /// Gives a terminal that was let in its session, once.
  Fetch fetch(Secret device) {
    String hash = Tokens.hash(device);
    Instant now = clock.instant();
    Optional<Boolean> answered = database.read(tx -> answered(tx, hash, now));
    if (answered.isEmpty()) {
      return new Fetch.Over();
    }
    return answered.get() ? database.write(tx -> fetch(tx, hash, now)) : new Fetch.NotYet();
  }

  private Fetch fetch(Tx tx, String hash, Instant now) {
    record Let(String person, Instant since, String by, String name) {}
    Optional<Let> let =
        tx.sql()
            .createQuery(
                "DELETE FROM terminal_login WHERE device_hash = :hash AND asked_at > :oldest"
                    + " AND person_id IS NOT NULL RETURNING *")
            .bind("hash", hash)
            .bind("oldest", CROWD.oldest(now))
            .map(
                (row, _) ->
                    new Let(
                        row.getString("person_id"),
                        Instant.ofEpochMilli(row.getLong("started_at")),
                        row.getString("let_in_by"),
                        row.getString("client") + " on " + row.getString("host")))
            .findOne();
    if (let.isEmpty()) {
      return new Fetch.Over();
    }
    SqlPeople.lock(tx, let.get().person);
    Optional<Person> person = SqlPeople.find(tx, let.get().person);
    if (person.isEmpty()) {
      return new Fetch.Over();
    }
    var session = new Session(person.get(), Tokens.ofTerminal(random));
    var from = new SessionRows.From(let.get().by, let.get().since);
    SessionRows.insertTerminal(
        tx, Tokens.hash(session.token()), person.get().id(), from, now, let.get().name);
    listener.append(tx, new PersonChange.SignedInAtTerminal(person.get().id()));
    return new Fetch.In(session);
  }

  /// Ends what this session has let in and nobody has fetched; returns how many that were.
  ///
  /// @param name as [OpenSession] has it
  static int end(Tx tx, PersonId person, String name) {
    return tx.update(
        "DELETE FROM terminal_login WHERE person_id = ? AND substr(let_in_by, 1, 12) = ?",
        person.value(),
        name);
  }

  /// Ends what this person has let in and nobody has fetched; returns how many that were.
  static int endAll(Tx tx, PersonId person) {
    return tx.update("DELETE FROM terminal_login WHERE person_id = ?", person.value());
  }

  /// Under the person's lock, so that nobody tries many codes at once.
  private Look look(Tx tx, PersonId person, String typed) {
    SqlPeople.lock(tx, person.value());
    Instant now = clock.instant();
    tx.update("DELETE FROM terminal_miss WHERE at <= ?", CROWD.oldest(now));
    if (misses(tx, person) >= TRIES) {
      return new Look.Tired();
    }
    Optional<Waiting> found = waiting(tx, hash(typed), now);
    if (found.isEmpty()) {
      tx.update(
          "INSERT INTO terminal_miss (person_id, at) VALUES (?, ?)",
          person.value(),
          now.toEpochMilli());
      listener.append(tx, new PersonChange.TerminalUnknown(person));
      return new Look.None();
    }
    return new Look.Found(found.get());
  }

  private static int misses(Tx tx, PersonId person) {
    return tx.sql()
        .createQuery("SELECT count(*) FROM terminal_miss WHERE person_id = :person")
        .bind("person", person.value())
        .mapTo(Integer.class)
        .one();
  }

  private static Optional<Waiting> waiting(Tx tx, String hash, Instant now) {
    return tx.sql()
        .createQuery(
            "SELECT * FROM terminal_login WHERE code_hash = :hash AND asked_at > :oldest"
                + " AND person_id IS NULL")
        .bind("hash", hash)
        .bind("oldest", CROWD.oldest(now))
        .map((row, _) -> waiting(row))
        .findOne();
  }

  private static Waiting waiting(ResultSet row) throws SQLException {
    return new Waiting(
        row.getString("client"),
        row.getString("host"),
        row.getString("address"),
        Instant.ofEpochMilli(row.getLong("asked_at")));
  }

  private static Optional<Boolean> answered(Tx tx, String hash, Instant now) {
    return tx.sql()
        .createQuery(
            "SELECT person_id FROM terminal_login WHERE device_hash = :hash AND asked_at > :oldest")
        .bind("hash", hash)
        .bind("oldest", CROWD.oldest(now))
        .map((row, _) -> row.getString("person_id") != null)
        .findOne();
  }

  private String code() {
    var code = new StringBuilder();
    for (int i = 0; i < LENGTH; i++) {
      code.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return code.insert(LENGTH / 2, '-').toString();
  }

  /// As a person types it: lower case, and any dash or space, are the same code.
  private static String hash(String typed) {
    String letters = typed.toUpperCase(Locale.ROOT).replaceAll("[^A-Z]", "");
    return Tokens.fingerprint(letters.getBytes(UTF_8));
  }

  private static String cut(String text) {
    return text.length() > LONGEST ? text.substring(0, LONGEST) : text;
  }
}
