package dev.keyward.approvals.web;

import dev.keyward.approvals.Addresses;
import dev.keyward.approvals.Person;
import dev.keyward.approvals.ReviewScope;
import dev.keyward.approvals.Reviewers;
import dev.keyward.approvals.Role;
import dev.keyward.approvals.passkey.Passkey;
import dev.keyward.call.EmailAddress;
import dev.keyward.call.PersonId;
import dev.keyward.redaction.Secret;
import dev.keyward.store.Database;
import dev.keyward.store.Tx;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.random.RandomGenerator;

/// The people who may sign in, their one-time links and their sessions, in the broker's database.
///
/// Of links and sessions only SHA-256 hashes are kept. A session ends after 30 minutes without a
/// request, after 10 hours at the latest, when its person signs out, and with its person.
/// Thread-safe. Every method throws [dev.keyward.store.StoreUnavailable] if the database cannot do
/// its work.
public final class SqlPeople implements Reviewers, Addresses {
  /// How long a one-time link waits to be used.
  public static final Duration LINK_LIFETIME = Duration.ofMinutes(15);

  /// How long a session lasts without a request.
  public static final Duration IDLE = Duration.ofMinutes(30);

  /// How long a session lasts at most.
  public static final Duration ABSOLUTE = Duration.ofHours(10);

  /// How long after signing in a person may make a passkey.
  static final Duration FRESH = Duration.ofMinutes(10);

  /// A session's last request is noted this often at most, so that reading a page needs no fsync.
  private static final Duration NOTED = Duration.ofMinutes(1);

  private final Database database;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final PersonListener listener;
  private final Identities identities;
  private final TerminalLogins terminals;
  private final PasskeyAttempts passkeyAttempts;
  private final Loans loans;

  /// Works over `database`, whose migrations have run.
  ///
  /// @param random what tokens are made of; unguessable in earnest, used by one thread at a time
  public SqlPeople(
      Database database, InstantSource clock, RandomGenerator random, PersonListener listener) {
    this.database = database;
    this.clock = clock;
    this.random = random;
    this.listener = listener;
    this.identities = new Identities(clock, listener);
    this.terminals = new TerminalLogins(database, clock, random, listener);
    this.passkeyAttempts = new PasskeyAttempts(database, clock, random, listener);
    this.loans = new Loans(database, clock, listener);
  }

  /// Adds a person; one who is there already stays as they are.
  ///
  /// @return whether the person is new
  public boolean add(PersonId id, Set<Role> roles) {
    Set<Role> held = Set.copyOf(roles);
    return database.write(tx -> add(tx, id, held));
  }

  private boolean add(Tx tx, PersonId id, Set<Role> roles) {
    lock(tx, id.value());
    int added =
        tx.sql()
            .createUpdate(
                "INSERT INTO person (id, added_at) VALUES (:id, :now) ON CONFLICT DO NOTHING")
            .bind("id", id.value())
            .bind("now", clock.millis())
            .execute();
    if (added == 0) {
      return false;
    }
    insertRoles(tx, id, roles);
    listener.append(tx, new PersonChange.Added(new Person(id, roles)));
    return true;
  }

  static void insertRoles(Tx tx, PersonId id, Set<Role> roles) {
    for (Role role : roles) {
      tx.sql()
          .createUpdate("INSERT INTO person_role (person_id, role) VALUES (:id, :role)")
          .bind("id", id.value())
          .bind("role", role.name())
          .execute();
    }
  }

  /// Removes a person with all links and sessions; what they have decided stays.
  ///
  /// @return whether there was such a person
  public boolean remove(PersonId id) {
    return database.write(
        tx -> {
          lock(tx, id.value());
          tx.sql()
              .createUpdate("UPDATE person_identity SET person_id = NULL WHERE person_id = :id")
              .bind("id", id.value())
              .execute();
          for (String table :
              List.of(
                  "person_session",
                  "sign_in_link",
                  "person_passkey",
                  "person_role",
                  "person_scope",
                  "terminal_login",
                  "terminal_miss")) {
            tx.sql()
                .createUpdate("DELETE FROM " + table + " WHERE person_id = :id")
                .bind("id", id.value())
                .execute();
          }
          Loans.endAll(tx, id);
          int removed =
              tx.sql()
                  .createUpdate("DELETE FROM person WHERE id = :id")
                  .bind("id", id.value())
                  .execute();
          if (removed > 0) {
            listener.append(tx, new PersonChange.Removed(id));
          }
          return removed > 0;
        });
  }

  /// {@return everybody, sorted by name}
  public List<Person> list() {
    return database.read(tx -> all(tx, "SELECT id, added_at FROM person ORDER BY id"));
  }

  @Override
  public List<Person> reachable() {
    return database.read(
        tx ->
            all(tx, "SELECT id, added_at FROM person WHERE email IS NOT NULL ORDER BY id").stream()
                .map(person -> whole(tx, person))
                .toList());
  }

  private static List<Person> all(Tx tx, String query) {
    return tx.sql().createQuery(query).map((row, _) -> person(tx, row)).list();
  }

  @Override
  public Optional<EmailAddress> address(PersonId person) {
    return database.read(
        tx ->
            tx.sql()
                .createQuery("SELECT email FROM person WHERE id = :id AND email IS NOT NULL")
                .bind("id", person.value())
                .mapTo(String.class)
                .findOne()
                .map(EmailAddress::new));
  }

  /// Says where a person is told by mail that something waits for them; empty for nowhere.
  ///
  /// @return whether there is such a person
  public boolean address(PersonId person, Optional<EmailAddress> address) {
    return database.write(
        tx -> {
          lock(tx, person.value());
          int known =
              tx.sql()
                  .createUpdate("UPDATE person SET email = :email WHERE id = :id")
                  .bind("email", address.map(EmailAddress::value).orElse(null))
                  .bind("id", person.value())
                  .execute();
          if (known > 0) {
            listener.append(tx, new PersonChange.AddressSet(person, address.isPresent()));
          }
          return known > 0;
        });
  }

  @Override
  public Optional<Passkey> passkey(PersonId id) {
    return database.read(tx -> PasskeyRows.find(tx, id));
  }

  /// Keeps the passkey that the person of this session has made, if they have none yet and have
  /// only just signed in: a session that somebody left open, or stole, makes none.
  ///
  /// @return whether it is kept
  boolean keepPasskey(Session session, Passkey passkey) {
    Instant now = clock.instant();
    PersonId id = session.person().id();
    return database.write(
        tx -> {
          lock(tx, id.value());
          boolean kept =
              seen(tx, Tokens.hash(session.token()))
                  .filter(row -> row.liveAt(now) && row.freshAt(now))
                  .filter(_ -> PasskeyRows.insert(tx, id, passkey, now))
                  .isPresent();
          if (kept) {
            listener.append(tx, new PersonChange.PasskeyMade(id, passkey));
          }
          return kept;
        });
  }

  /// {@return whether the person of this session has signed in within [#FRESH]}
  boolean fresh(Session session) {
    Instant now = clock.instant();
    return database
        .read(tx -> seen(tx, Tokens.hash(session.token())))
        .filter(row -> row.freshAt(now))
        .isPresent();
  }

  /// {@return whether the person of this session has no passkey, could make one now, and would be
  /// signed in by it from then on}
  boolean wantsPasskey(Session session) {
    PersonId id = session.person().id();
    return fresh(session)
        && database.read(tx -> PasskeyRows.find(tx, id).isEmpty() && !Identities.isBound(tx, id));
  }

  /// Forgets a person's passkey, which is lost or is to be another; their sessions and what they
  /// have lent themselves end, so that whoever makes the next one has signed in anew.
  ///
  /// @return whether there was one
  public boolean forgetPasskey(PersonId id) {
    return database.write(
        tx -> {
          lock(tx, id.value());
          if (!PasskeyRows.delete(tx, id)) {
            return false;
          }
          endAllAndLoans(tx, id);
          listener.append(tx, new PersonChange.PasskeyForgotten(id));
          return true;
        });
  }

  /// {@return the person of this name, with the roles of this moment}
  @Override
  public Optional<Person> person(PersonId id) {
    return database.read(tx -> find(tx, id.value()).map(person -> whole(tx, person)));
  }

  /// With what is lent to them.
  private Person whole(Tx tx, Person person) {
    return person.in(loans.lenders(tx, person.id()));
  }

  /// Narrows, or widens again, of which requests this person is a reviewer. Counts at once, for
  /// answers that have not been used, too.
  ///
  /// @return whether there is such a person
  public boolean scope(PersonId id, ReviewScope scope) {
    return database.write(
        tx -> {
          lock(tx, id.value());
          Optional<Person> known = find(tx, id.value());
          known.ifPresent(
              person -> {
                Scopes.set(tx, id.value(), scope);
                var now = new Person(id, person.roles(), scope);
                listener.append(tx, new PersonChange.Scoped(now));
              });
          return known.isPresent();
        });
  }

  /// {@return where this person is signed in, newest first}
  public List<OpenSession> sessions(PersonId id) {
    return database.read(tx -> SessionRows.of(tx, id.value(), clock.instant()));
  }

  /// Ends one of a person's sessions, and with it the terminals that it let in.
  ///
  /// @param name as [OpenSession] has it
  /// @return whether there was one
  public boolean endSession(PersonId id, String name, boolean byOperator) {
    return ended(id, byOperator, tx -> end(tx, id, name)) > 0;
  }

  /// Ends all of a person's sessions for an operator, also those that a terminal was let in to and
  /// has not fetched, and what was lent from them; returns how many sessions there were.
  public int endSessions(PersonId id) {
    return ended(id, true, tx -> endAllAndLoans(tx, id));
  }

  /// Ends all of this session's person's others; returns how many there were.
  int endOthers(Session session) {
    PersonId id = session.person().id();
    Optional<String> but = Optional.of(Tokens.hash(session.token()));
    return ended(id, false, tx -> endAll(tx, id, but));
  }

  private static int end(Tx tx, PersonId id, String name) {
    return SessionRows.end(tx, id, name) + TerminalLogins.end(tx, id, name);
  }

  private int endAllAndLoans(Tx tx, PersonId id) {
    loans.endOwn(tx, id);
    return endAll(tx, id, Optional.empty());
  }

  private static int endAll(Tx tx, PersonId id, Optional<String> but) {
    return SessionRows.endAll(tx, id, but) + TerminalLogins.endAll(tx, id);
  }

  private int ended(PersonId id, boolean byOperator, ToIntFunction<Tx> end) {
    return database.write(
        tx -> {
          lock(tx, id.value());
          int many = end.applyAsInt(tx);
          if (many > 0) {
            listener.append(tx, new PersonChange.SessionsEnded(id, byOperator));
          }
          return many;
        });
  }

  /// Makes a link that signs this person in once, within [#LINK_LIFETIME]. Older links stay valid.
  ///
  /// @return the link, or empty if there is no such person
  public Optional<SignInLink> newLink(PersonId id) {
    return database.write(
        tx -> {
          lock(tx, id.value());
          return find(tx, id.value()).map(person -> newLink(tx, person));
        });
  }

  private SignInLink newLink(Tx tx, Person person) {
    Instant now = clock.instant();
    tx.sql()
        .createUpdate("DELETE FROM sign_in_link WHERE expires_at <= :now")
        .bind("now", now.toEpochMilli())
        .execute();
    var link = new SignInLink(Tokens.random(random), now.plus(LINK_LIFETIME));
    tx.sql()
        .createUpdate(
            "INSERT INTO sign_in_link (token_hash, person_id, expires_at) VALUES (:hash, :id,"
                + " :expires)")
        .bind("hash", Tokens.hash(link.token()))
        .bind("id", person.id().value())
        .bind("expires", link.expires().toEpochMilli())
        .execute();
    listener.append(tx, new PersonChange.LinkMade(person.id()));
    return link;
  }

  /// {@return whom this link would sign in; looking does not use it up}
  Optional<Person> linked(Secret link) {
    return database.read(
        tx ->
            tx.sql()
                .createQuery(
                    "SELECT person_id FROM sign_in_link WHERE token_hash = :hash AND expires_at >"
                        + " :now")
                .bind("hash", Tokens.hash(link))
                .bind("now", clock.millis())
                .mapTo(String.class)
                .findOne()
                .flatMap(id -> find(tx, id)));
  }

  /// Uses a link up and signs its person in: of any number of attempts one succeeds.
  ///
  /// @param browser what it calls itself
  /// @return the new session, or empty if the link is unknown, used or expired; which is not said
  Optional<Session> consume(Secret link, String browser) {
    String hash = Tokens.hash(link);
    return database.read(tx -> made(tx, hash))
        ? database.write(tx -> consume(tx, hash, browser))
        : Optional.empty(); // nothing is written for whoever only knocks
  }

  private static boolean made(Tx tx, String hash) {
    return tx.sql()
        .createQuery("SELECT count(*) = 1 FROM sign_in_link WHERE token_hash = :hash")
        .bind("hash", hash)
        .mapTo(Boolean.class)
        .one();
  }

  private Optional<Session> consume(Tx tx, String hash, String browser) {
    Optional<Person> person = use(tx, hash);
    if (person.isPresent()) {
      listener.append(tx, new PersonChange.SignedIn(person.get().id()));
    } else if (tx.update("DELETE FROM sign_in_link WHERE token_hash = ?", hash) == 1) {
      listener.append(tx, new PersonChange.SignInRefused());
    }
    return person.map(known -> open(tx, known, browser));
  }

  /// Binds a person to an identity elsewhere, so that they can sign in there.
  ///
  /// @return whether there is such a person, neither of the two being bound already
  public boolean bind(PersonId id, String issuer, String subject) {
    return database.write(tx -> identities.bind(tx, id, issuer, subject));
  }

  /// Signs in whom somebody else has identified: the person bound to that identity, or a new one.
  /// Their roles are from now on what was said.
  ///
  /// @return the new session, or empty if they have no role, the identity was removed, or its name
  ///   is somebody else's
  Optional<Session> admit(OutsideSignIn.Identified who, String browser) {
    return database.write(
        tx -> {
          Optional<Person> person = identities.person(tx, who);
          listener.append(
              tx,
              person
                  .<PersonChange>map(known -> new PersonChange.SignedInOutside(known.id()))
                  .orElseGet(PersonChange.OutsiderRefused::new));
          return person.map(known -> open(tx, known, browser));
        });
  }

  /// A link that was used stays as one that is over, by every clock, so that it is known once more.
  private Optional<Person> use(Tx tx, String hash) {
    return tx.sql()
        .createQuery(
            "UPDATE sign_in_link SET expires_at = 0 WHERE token_hash = :hash AND expires_at > :now"
                + " RETURNING person_id")
        .bind("hash", hash)
        .bind("now", clock.millis())
        .mapTo(String.class)
        .findOne()
        .flatMap(
            id -> {
              lock(tx, id);
              return find(tx, id);
            });
  }

  /// Nobody removes the person, or makes them anew, while a unit gives them something.
  static void lock(Tx tx, String person) {
    tx.lock("person " + person);
  }

  private Session open(Tx tx, Person person, String browser) {
    var session = new Session(person, Tokens.random(random));
    SessionRows.insert(
        tx, Tokens.hash(session.token()), person.id().value(), clock.instant(), browser);
    return session;
  }

  /// {@return who has lent their place as a reviewer to whom}
  public Loans loans() {
    return loans;
  }

  /// {@return terminals on their way in}
  TerminalLogins terminals() {
    return terminals;
  }

  /// {@return browsers on their way in with a passkey}
  PasskeyAttempts passkeyAttempts() {
    return passkeyAttempts;
  }

  /// {@return the live session of this browser's token; asking counts as a sign of life}
  Optional<Session> session(Secret token) {
    return session(token, false);
  }

  /// {@return the live session of this terminal's token; asking counts as a sign of life}
  Optional<Session> terminalSession(Secret token) {
    return session(token, true);
  }

  private Optional<Session> session(Secret token, boolean terminal) {
    String hash = Tokens.hash(token);
    Instant now = clock.instant();
    Optional<Seen> seen =
        database
            .read(tx -> seen(tx, hash))
            .filter(row -> row.terminal == terminal && row.liveAt(now));
    seen.filter(row -> row.at().plus(NOTED).isBefore(now)).ifPresent(_ -> note(hash, now));
    return seen.map(row -> new Session(row.person(), token));
  }

  /// {@return the live session of this browser's token; asking is no sign of life}
  Optional<Session> glance(Secret token) {
    return glance(token, false);
  }

  /// {@return the live session of this terminal's token; asking is no sign of life}
  Optional<Session> glanceTerminal(Secret token) {
    return glance(token, true);
  }

  private Optional<Session> glance(Secret token, boolean terminal) {
    Instant now = clock.instant();
    return database
        .read(tx -> seen(tx, Tokens.hash(token)))
        .filter(row -> row.terminal == terminal && row.liveAt(now))
        .map(row -> new Session(row.person(), token));
  }

  /// Ends this browser's session, if it is one, and with it the terminals that it let in.
  void signOut(Secret token) {
    signOut(token, false);
  }

  /// Ends this terminal's session, if it is one.
  void signOutTerminal(Secret token) {
    signOut(token, true);
  }

  private void signOut(Secret token, boolean terminal) {
    String hash = Tokens.hash(token);
    database.write(
        tx -> {
          Optional<PersonId> person = SessionRows.person(tx, hash, terminal);
          person.ifPresent(id -> signOut(tx, id, hash));
          return person;
        });
  }

  private void signOut(Tx tx, PersonId person, String hash) {
    lock(tx, person.value());
    if (end(tx, person, SessionRows.name(hash)) > 0) {
      listener.append(tx, new PersonChange.SignedOut(person));
    }
  }

  private record Seen(Person person, Instant started, Instant at, boolean terminal) {
    boolean liveAt(Instant now) {
      return at.plus(IDLE).isAfter(now) && started.plus(ABSOLUTE).isAfter(now);
    }

    boolean freshAt(Instant now) {
      return started.plus(FRESH).isAfter(now);
    }
  }

  private Optional<Seen> seen(Tx tx, String hash) {
    return tx.sql()
        .createQuery(
            "SELECT p.id, p.added_at, s.started_at, s.seen_at, s.terminal FROM person_session s"
                + " JOIN person p ON p.id = s.person_id WHERE s.token_hash = :hash")
        .bind("hash", hash)
        .map(
            (row, _) ->
                new Seen(
                    whole(tx, person(tx, row)),
                    Instant.ofEpochMilli(row.getLong("started_at")),
                    Instant.ofEpochMilli(row.getLong("seen_at")),
                    row.getInt("terminal") == 1))
        .findOne();
  }

  private void note(String hash, Instant now) {
    database.write(
        tx ->
            tx.sql()
                .createUpdate("UPDATE person_session SET seen_at = :now WHERE token_hash = :hash")
                .bind("now", now.toEpochMilli())
                .bind("hash", hash)
                .execute());
  }

  static Optional<Person> find(Tx tx, String id) {
    return tx.sql()
        .createQuery("SELECT id, added_at FROM person WHERE id = :id")
        .bind("id", id)
        .map((row, _) -> person(tx, row))
        .findOne();
  }

  private static Person person(Tx tx, ResultSet row) throws SQLException {
    String id = row.getString("id");
    Instant since = Instant.ofEpochMilli(row.getLong("added_at"));
    return new Person(new PersonId(id), roles(tx, id), Scopes.of(tx, id), Set.of(), since);
  }

  private static Set<Role> roles(Tx tx, String id) {
    Set<Role> roles = EnumSet.noneOf(Role.class);
    tx.sql()
        .createQuery("SELECT role FROM person_role WHERE person_id = :id")
        .bind("id", id)
        .mapTo(String.class)
        .forEach(role -> roles.add(Role.valueOf(role)));
    return Set.copyOf(roles);
  }
}
