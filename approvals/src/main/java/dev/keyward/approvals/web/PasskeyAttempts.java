package dev.keyward.approvals.web;

import dev.keyward.approvals.Person;
import dev.keyward.approvals.passkey.Passkey;
import dev.keyward.call.PersonId;
import dev.keyward.redaction.Secret;
import dev.keyward.store.Database;
import dev.keyward.store.Tx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// Attempts to sign in with a passkey: each belongs to the browser that began it, and ends with the
/// first answer, whatever that is.
///
/// Nobody says who they are before they have proved it, so there is nothing to find out about who
/// exists. Thread-safe.
final class PasskeyAttempts {
  /// How long a browser has for its answer.
  static final Duration LIFETIME = Duration.ofMinutes(2);

  /// How many from one address may be open, which may be that of a whole company's proxy.
  static final int MOST_OF_AN_ADDRESS = 60;

  private static final Crowd CROWD =
      new Crowd("passkey_attempt", 1_000, MOST_OF_AN_ADDRESS, LIFETIME);

  private static final System.Logger log = System.getLogger(PasskeyAttempts.class.getName());

  private final Database database;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final PersonListener listener;

  /// @param random used on the database's writer thread only
  PasskeyAttempts(
      Database database, InstantSource clock, RandomGenerator random, PersonListener listener) {
    this.database = database;
    this.clock = clock;
    this.random = random;
    this.listener = listener;
  }

  /// A passkey and whose it is.
  record Held(PersonId person, Passkey passkey) {}

  /// Begins, unless too many have.
  ///
  /// @return what only this browser is to know
  Optional<Secret> begin(String address) {
    Instant now = clock.instant();
    return CROWD.admit(
        database,
        address,
        now,
        tx -> {
          Secret attempt = Tokens.random(random);
          tx.update(
              "INSERT INTO passkey_attempt (token_hash, address, asked_at) VALUES (?, ?, ?)",
              Tokens.hash(attempt),
              address,
              now.toEpochMilli());
          return attempt;
        });
  }

  /// {@return the passkey of this name, and whose it is}
  Optional<Held> held(String credential) {
    return database.read(tx -> PasskeyRows.held(tx, credential));
  }

  /// Ends an attempt, and signs in whose passkey has answered it.
  ///
  /// Not whoever signs in elsewhere: their passkey would outlast what is said of them there.
  ///
  /// @param proof looks for the passkey that has signed this attempt's challenge; not asked for an
  ///   attempt that is over
  /// @param browser what it calls itself
  /// @return the new session; empty for an attempt that is over, and for whoever may not come in
  Optional<Session> end(Secret attempt, Supplier<Optional<Held>> proof, String browser) {
    String hash = Tokens.hash(attempt);
    Instant now = clock.instant();
    if (!database.read(tx -> open(tx, hash, now))) {
      return Optional.empty(); // nothing is verified or written for whoever only knocks
    }
    Optional<Held> proven = proof.get();
    return database.write(tx -> end(tx, hash, now, proven, browser));
  }

  private Optional<Session> end(
      Tx tx, String hash, Instant now, Optional<Held> proven, String browser) {
    if (tx.update("DELETE FROM passkey_attempt WHERE token_hash = ?", hash) == 0) {
      return Optional.empty();
    }
    Optional<Person> person = proven.flatMap(held -> letIn(tx, held));
    if (person.isEmpty()) {
      listener.append(tx, new PersonChange.PasskeyNotLetIn());
      return Optional.empty();
    }
    var session = new Session(person.get(), Tokens.random(random));
    PersonId id = person.get().id();
    SessionRows.insert(tx, Tokens.hash(session.token()), id.value(), now, browser);
    listener.append(tx, new PersonChange.SignedInWithPasskey(id));
    return Optional.of(session);
  }

  /// As things stand now, which is after the signature was verified.
  private static Optional<Person> letIn(Tx tx, Held held) {
    SqlPeople.lock(tx, held.person.value());
    Optional<Person> person =
        PasskeyRows.find(tx, held.person)
            .filter(held.passkey::equals)
            .flatMap(_ -> SqlPeople.find(tx, held.person.value()))
            .filter(known -> !known.roles().isEmpty());
    if (person.isPresent() && Identities.isBound(tx, held.person)) {
      log.log(
          System.Logger.Level.INFO,
          "{0} has a passkey and signs in elsewhere, so it does not sign them in",
          held.person);
      return Optional.empty();
    }
    return person;
  }

  private static boolean open(Tx tx, String hash, Instant now) {
    return tx.sql()
        .createQuery(
            "SELECT count(*) = 1 FROM passkey_attempt"
                + " WHERE token_hash = :hash AND asked_at > :oldest")
        .bind("hash", hash)
        .bind("oldest", CROWD.oldest(now))
        .mapTo(Boolean.class)
        .one();
  }
}
