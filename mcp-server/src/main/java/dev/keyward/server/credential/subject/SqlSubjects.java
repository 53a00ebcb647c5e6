package dev.keyward.server.credential.subject;

import static java.lang.System.Logger.Level.WARNING;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.keyward.call.Caller;
import dev.keyward.call.Delegator;
import dev.keyward.call.RunId;
import dev.keyward.redaction.Secret;
import dev.keyward.server.credential.RowSeal;
import dev.keyward.server.credential.Subject;
import dev.keyward.server.credential.Subjects;
import dev.keyward.server.identity.SubjectToken;
import dev.keyward.server.identity.SubjectTokens;
import dev.keyward.store.Database;
import dev.keyward.store.Tx;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiPredicate;
import java.util.random.RandomGenerator;
import javax.crypto.SecretKey;

/// The tokens in the database, which all brokers over it share.
///
/// A run has the token that it was opened with, or of those that were shown for it the one that
/// lives longest; a run within another has the outer one's. Each is bound to its run and person.
/// Safe for all threads.
public final class SqlSubjects implements Subjects, SubjectTokens {
  private static final System.Logger log = System.getLogger(SqlSubjects.class.getName());
  private static final int MOST_NOTED = 100_000;

  /// Clocks differ, and answers are read some time after they were written.
  private static final Duration AFTER_ITS_END = Duration.ofHours(1);

  private final Database database;
  private final RowSeal seal;
  private final InstantSource clock;
  private final Set<String> issuers;
  private final BiPredicate<Tx, RunId> open;
  private final Cache<RunId, Instant> noted = Caffeine.newBuilder().maximumSize(MOST_NOTED).build();
  private final Set<Known> known = ConcurrentHashMap.newKeySet();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  private record Row(RunId run, String person, String issuer, Instant expires, String sealed) {}

  private record Known(Secret token, Instant expires) {}

  /// Opens what is there, so that it is known.
  ///
  /// @param key for AES, for nothing else
  /// @param random a secure one
  /// @param issuers whose tokens are needed; no other is kept
  /// @param open whether a run goes on, as a unit of work sees it
  public SqlSubjects(
      Database database,
      SecretKey key,
      RandomGenerator random,
      InstantSource clock,
      Set<String> issuers,
      BiPredicate<Tx, RunId> open) {
    this.database = database;
    this.seal = new RowSeal(key, random);
    this.clock = clock;
    this.issuers = Set.copyOf(issuers);
    this.open = open;
    database.read(SqlSubjects::all).forEach(this::opened);
  }

  @Override
  public void opened(Tx tx, RunId run, SubjectToken token) {
    if (issuers.contains(token.issuer())) {
      store(tx, run, token);
    }
  }

  @Override
  public void shown(RunId run, SubjectToken token) {
    Instant until = noted.getIfPresent(run);
    boolean later = until == null || token.expires().isAfter(until);
    if (!later || !issuers.contains(token.issuer())) {
      return;
    }
    boolean goesOn =
        database.write(
            tx -> {
              lock(tx, run);
              boolean there = open.test(tx, run);
              if (there) {
                store(tx, run, token);
              }
              return there;
            });
    if (goesOn) {
      noted.put(run, token.expires());
    }
  }

  /// Forgets the token of a run that ends.
  public void erase(Tx tx, RunId run) {
    lock(tx, run);
    tx.update("DELETE FROM subject_tokens WHERE run = ?", run.value());
    noted.invalidate(run);
  }

  @Override
  public Optional<Subject> of(Caller caller) {
    return caller
        .delegator()
        .filter(Delegator::verified)
        .flatMap(
            person ->
                database
                    .read(tx -> nearest(tx, caller.run()))
                    .filter(row -> row.person.equals(person.person().value())))
        .filter(row -> clock.instant().isBefore(row.expires))
        .flatMap(row -> opened(row).map(token -> new Subject(row.issuer, token)));
  }

  @Override
  public Collection<Secret> held() {
    return known.stream().map(Known::token).toList();
  }

  @Override
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  private Optional<Secret> opened(Row row) {
    Optional<Secret> token = seal.open(bound(row), row.sealed).map(List::getFirst);
    if (token.isEmpty()) {
      log.log(WARNING, "the token of {0} cannot be opened: its row was changed", row.run);
    }
    token.ifPresent(secret -> know(new Known(secret, row.expires)));
    return token;
  }

  private void know(Known token) {
    Instant now = clock.instant();
    known.removeIf(old -> now.isAfter(old.expires.plus(AFTER_ITS_END)));
    if (known.add(token)) {
      listeners.forEach(Runnable::run);
    }
  }

  private void store(Tx tx, RunId run, SubjectToken token) {
    Instant expires = Instant.ofEpochMilli(token.expires().toEpochMilli());
    var row = new Row(run, token.person().value(), token.issuer(), expires, "");
    tx.update(
        """
        INSERT INTO subject_tokens (run, person, issuer, expires_at, sealed)
        VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (run) DO UPDATE SET person = excluded.person, issuer = excluded.issuer,
          expires_at = excluded.expires_at, sealed = excluded.sealed
          WHERE excluded.expires_at > subject_tokens.expires_at\
        """,
        run.value(),
        row.person,
        row.issuer,
        expires.toEpochMilli(),
        seal.seal(bound(row), List.of(token.token())));
  }

  /// Of the run itself, else of the innermost around it that has one.
  private static Optional<Row> nearest(Tx tx, RunId run) {
    return tx.sql()
        .createQuery(
            """
            WITH RECURSIVE around(id, depth) AS (
              SELECT CAST(:run AS TEXT), 0
              UNION ALL
              SELECT r.parent, a.depth + 1 FROM job_runs r JOIN around a ON r.id = a.id
              WHERE r.parent IS NOT NULL)
            SELECT s.* FROM subject_tokens s JOIN around a ON s.run = a.id
            ORDER BY a.depth LIMIT 1\
            """)
        .bind("run", run.value())
        .map((row, _) -> row(row))
        .findOne();
  }

  private static List<Row> all(Tx tx) {
    return tx.sql().createQuery("SELECT * FROM subject_tokens").map((row, _) -> row(row)).list();
  }

  private static Row row(ResultSet row) throws SQLException {
    return new Row(
        new RunId(row.getString("run")),
        row.getString("person"),
        row.getString("issuer"),
        Instant.ofEpochMilli(row.getLong("expires_at")),
        row.getString("sealed"));
  }

  private static List<String> bound(Row row) {
    return List.of(
        "subject 1",
        row.run.value(),
        row.person,
        row.issuer,
        Long.toString(row.expires.toEpochMilli()));
  }

  /// Between a run's end and what is shown for it one is first, at whichever brokers.
  private static void lock(Tx tx, RunId run) {
    tx.lock("subject token of " + run.value());
  }
}
