package dev.keyward.server.credential.connection;

import static java.lang.System.Logger.Level.WARNING;

import dev.keyward.call.PersonId;
import dev.keyward.redaction.Secret;
import dev.keyward.server.credential.Connections;
import dev.keyward.server.credential.RowSeal;
import dev.keyward.store.Database;
import dev.keyward.store.StoreUnavailable;
import dev.keyward.store.Tx;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import javax.crypto.SecretKey;

/// The connected accounts in the database, which all brokers over it share.
///
/// A turn is a number in the row. A broker that died with one is found out by the others: its turn
/// stands still by their own clocks for longer than any use takes. Safe for all threads.
public final class SqlConnections implements Connections {
  private static final System.Logger log = System.getLogger(SqlConnections.class.getName());
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  /// Longer than an issuer is waited for.
  private static final Duration LONGEST_TURN = Duration.ofSeconds(30);

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

  /// Longer than an attempt lasts, and clocks differ.
  private static final Duration ATTEMPTS_KEPT = Duration.ofHours(24);

  private static final int MOST_KNOWN = 32; // of one account

  private final Database database;
  private final RowSeal seal;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final Listener listener;
  private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();
  private final Map<String, Seen> seen = new ConcurrentHashMap<>();
  private final Map<String, Unkept> unkept = new ConcurrentHashMap<>();
  private final Map<String, ConcurrentLinkedDeque<Secret>> known = new ConcurrentHashMap<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /// What is told of each change, inside its transaction.
  @FunctionalInterface
  public interface Listener {
    void append(Tx tx, ConnectionChange change);
  }

  /// A turn that somebody else has, and since when.
  private record Seen(long turn, long since) {}

  /// A token that the database could not take, in place of that version.
  private record Unkept(long version, Secret token) {}

  /// Opens what is there, so that it is known.
  ///
  /// @param key for AES, for nothing else
  /// @param random a secure one
  /// @param nanos runs on without jumps, as [System#nanoTime]
  public SqlConnections(
      Database database,
      SecretKey key,
      InstantSource clock,
      RandomGenerator random,
      LongSupplier nanos,
      Listener listener) {
    this.database = database;
    this.seal = new RowSeal(key, random);
    this.clock = clock;
    this.nanos = nanos;
    this.listener = listener;
    list().forEach(this::open);
  }

  /// {@return the accounts, by name}
  public List<ConnectionRow> list() {
    return database.read(
        tx ->
            tx.sql()
                .createQuery("SELECT * FROM connections ORDER BY name")
                .map((row, _) -> row(row))
                .list());
  }

  @Override
  public boolean connected(String name) {
    return database.read(tx -> find(tx, name)).filter(row -> !row.lost()).isPresent();
  }

  @Override
  public Optional<Turn> take(String name) throws Busy {
    ReentrantLock lock = locks.computeIfAbsent(name, _ -> new ReentrantLock());
    long giveUp = nanos.getAsLong() + PATIENCE.toNanos();
    if (!locked(lock)) {
      throw new Busy();
    }
    Optional<Turn> turn = Optional.empty();
    try {
      turn = taken(name, lock, giveUp);
      return turn;
    } finally {
      if (turn.isEmpty()) {
        lock.unlock();
      }
    }
  }

  private static boolean locked(ReentrantLock lock) throws Busy {
    try {
      return lock.tryLock(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Busy();
    }
  }

  private Optional<Turn> taken(String name, ReentrantLock lock, long giveUp) throws Busy {
    while (true) {
      Optional<ConnectionRow> row = database.read(tx -> find(tx, name));
      if (row.isEmpty() || row.get().lost()) {
        return Optional.empty();
      }
      if (free(row.get()) && database.write(tx -> claim(tx, row.get()))) {
        return turn(row.get(), lock);
      }
      if (nanos.getAsLong() - giveUp >= 0) {
        throw new Busy();
      }
      LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
    }
  }

  /// Who has had it for so long has died.
  private boolean free(ConnectionRow row) {
    if (!row.taken()) {
      return true;
    }
    long now = nanos.getAsLong();
    Seen since =
        seen.compute(
            row.name(),
            (_, before) ->
                before != null && before.turn == row.turn() ? before : new Seen(row.turn(), now));
    return now - since.since >= LONGEST_TURN.toNanos();
  }

  private static boolean claim(Tx tx, ConnectionRow row) {
    return tx.update(
            "UPDATE connections SET turn = turn + 1, taken = 1"
                + " WHERE name = ? AND turn = ? AND state = 'CONNECTED'",
            row.name(),
            row.turn())
        == 1;
  }

  private Optional<Turn> turn(ConnectionRow before, ReentrantLock lock) {
    var turn = new OneTurn(before, lock);
    Unkept kept = unkept.get(before.name());
    if (kept != null && kept.version == before.version()) {
      turn.replace(kept.token);
      return Optional.of(turn);
    }
    Optional<Secret> token = open(before);
    if (token.isEmpty()) {
      log.log(WARNING, "the account {0} cannot be opened: its row was changed", before.name());
      turn.release();
      return Optional.empty();
    }
    turn.token = token;
    return Optional.of(turn);
  }

  @Override
  public boolean first(String attempt) {
    long now = clock.millis();
    return database.write(
        tx -> {
          tx.update("DELETE FROM connecting WHERE used_at < ?", now - ATTEMPTS_KEPT.toMillis());
          return tx.update(
                  "INSERT INTO connecting (attempt, used_at) VALUES (?, ?)"
                      + " ON CONFLICT (attempt) DO NOTHING",
                  attempt,
                  now)
              == 1;
        });
  }

  @Override
  public void connect(String name, Secret token, String scope, Optional<PersonId> by) {
    know(name, token);
    database.write(
        tx -> {
          tx.lock("connection " + name);
          long version = find(tx, name).map(row -> row.version() + 1).orElse(1L);
          long now = clock.millis();
          tx.update(
              """
              INSERT INTO connections
                (name, state, scope, version, connected_at, used_at, turn, taken, sealed)
              VALUES (?, 'CONNECTED', ?, ?, ?, ?, 0, 0, ?)
              ON CONFLICT (name) DO UPDATE SET state = excluded.state, scope = excluded.scope,
                version = excluded.version, connected_at = excluded.connected_at,
                used_at = excluded.used_at, turn = connections.turn + 1, taken = 0,
                sealed = excluded.sealed\
              """,
              name,
              scope,
              version,
              now,
              now,
              seal.seal(bound(name, version), List.of(token)));
          listener.append(tx, new ConnectionChange.Made(name, scope, by));
          return name;
        });
  }

  /// Forgets an account.
  ///
  /// @param revocation as in [ConnectionChange.Removed]
  /// @return whether it was there
  public boolean remove(String name, String revocation) {
    return database.write(
        tx -> {
          boolean there = tx.update("DELETE FROM connections WHERE name = ?", name) == 1;
          if (there) {
            listener.append(tx, new ConnectionChange.Removed(name, revocation));
          }
          return there;
        });
  }

  @Override
  public Collection<Secret> held() {
    return known.values().stream().<Secret>flatMap(Collection::stream).toList();
  }

  @Override
  public void onChange(Runnable onChange) {
    listeners.add(onChange);
  }

  private Optional<Secret> open(ConnectionRow row) {
    Optional<Secret> token =
        row.sealed()
            .flatMap(box -> seal.open(bound(row.name(), row.version()), box))
            .map(List::getFirst);
    token.ifPresent(secret -> know(row.name(), secret));
    return token;
  }

  private void know(String name, Secret token) {
    var ofName = known.computeIfAbsent(name, _ -> new ConcurrentLinkedDeque<>());
    if (ofName.contains(token)) {
      return;
    }
    ofName.addLast(token);
    while (ofName.size() > MOST_KNOWN) {
      ofName.pollFirst();
    }
    listeners.forEach(Runnable::run);
  }

  private static List<String> bound(String name, long version) {
    return List.of("connection 1", name, Long.toString(version));
  }

  private static Optional<ConnectionRow> find(Tx tx, String name) {
    return tx.sql()
        .createQuery("SELECT * FROM connections WHERE name = :name")
        .bind("name", name)
        .map((row, _) -> row(row))
        .findOne();
  }

  private static ConnectionRow row(ResultSet row) throws SQLException {
    return new ConnectionRow(
        row.getString("name"),
        row.getString("state").equals("LOST"),
        row.getString("scope"),
        row.getLong("version"),
        Instant.ofEpochMilli(row.getLong("connected_at")),
        Instant.ofEpochMilli(row.getLong("used_at")),
        row.getLong("turn"),
        row.getInt("taken") == 1,
        Optional.ofNullable(row.getString("sealed")));
  }

  private final class OneTurn implements Turn {
    private final ReentrantLock lock;
    private final String name;
    private final long number;
    private long version;
    private Optional<Secret> token = Optional.empty();

    OneTurn(ConnectionRow before, ReentrantLock lock) {
      this.lock = lock;
      this.name = before.name();
      this.number = before.turn() + 1;
      this.version = before.version();
    }

    @Override
    public Secret token() {
      return token.orElseThrow();
    }

    /// What cannot be kept now is kept at the next turn: the old one is of no use any more.
    @Override
    public void replace(Secret newer) {
      know(name, newer);
      unkept.put(name, new Unkept(version, newer));
      boolean mine =
          database.write(
              tx ->
                  tx.update(
                          "UPDATE connections SET version = ?, sealed = ?, used_at = ?"
                              + " WHERE name = ? AND turn = ?",
                          version + 1,
                          seal.seal(bound(name, version + 1), List.of(newer)),
                          clock.millis(),
                          name,
                          number)
                      == 1);
      unkept.remove(name);
      if (!mine) {
        throw new IllegalStateException("the account " + name + " was connected anew meanwhile");
      }
      version++;
      token = Optional.of(newer);
    }

    @Override
    public void lost() {
      database.write(
          tx -> {
            int changed =
                tx.update(
                    "UPDATE connections SET state = 'LOST', sealed = NULL"
                        + " WHERE name = ? AND turn = ?",
                    name,
                    number);
            if (changed == 1) {
              listener.append(tx, new ConnectionChange.Lost(name));
            }
            return changed;
          });
    }

    @Override
    public void close() {
      release();
      lock.unlock();
    }

    private void release() {
      try {
        database.write(
            tx ->
                tx.update(
                    "UPDATE connections SET taken = 0, used_at = ? WHERE name = ? AND turn = ?",
                    clock.millis(),
                    name,
                    number));
      } catch (StoreUnavailable e) {
        log.log(WARNING, "the account " + name + " stays taken for a while", e);
      }
    }
  }
}
