package dev.keyward.server.identity;

import static java.lang.System.Logger.Level.WARNING;

import dev.keyward.store.Database;
import dev.keyward.store.StoreUnavailable;
import dev.keyward.store.Tx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;

/// How far this process has heard of what may count no longer: revoked keys, ended runs.
///
/// Each such change advances one number in the database, in its own transaction. What is kept in
/// memory is good for one value of it, and whoever relies on memory asks [#confirm] first: over a
/// database that others write to as well, it says so only if the number was looked at within the
/// last second. Thread-safe.
public final class Epoch {
  private static final System.Logger log = System.getLogger(Epoch.class.getName());
  private static final String HINT = "epoch";
  private static final Duration GOOD_FOR = Duration.ofSeconds(1);
  private static final Duration BETWEEN_FAILURES = Duration.ofMillis(250);

  private final Database database;
  private final LongSupplier nanos;
  private final List<Cache> caches = new CopyOnWriteArrayList<>();
  private final Object looking = new Object();
  private long known = -1; // guarded by looking
  private boolean failing; // guarded by looking
  private volatile long confirmedAt; // when the look began that found what is known
  private volatile long failedAt;
  private volatile boolean ever;

  /// What is kept in memory of agents and runs.
  @FunctionalInterface
  public interface Cache {
    /// Reads anew what may have changed.
    ///
    /// @return shows what was read to everybody; run once the reading has succeeded
    Runnable reread(Tx tx, long epoch);
  }

  /// Knows nothing until the first look.
  ///
  /// @param nanos runs on without jumps, as [System#nanoTime]
  public Epoch(Database database, LongSupplier nanos) {
    this.database = database;
    this.nanos = nanos;
  }

  /// Has `cache` reread whenever the number has changed.
  public void add(Cache cache) {
    caches.add(cache);
  }

  /// Has `soon` run when another process may have advanced the number; it should call [#look].
  public void onHint(Runnable soon) {
    database.onHint(
        hint -> {
          if (hint.equals(HINT) || hint.equals(Database.HINTS_LOST)) {
            soon.run();
          }
        });
  }

  /// Advances the number in the unit of work of the change; changes wait for one another here.
  ///
  /// @return the new number
  public static long advance(Tx tx) {
    tx.hint(HINT);
    return tx.sql()
        .createQuery("UPDATE identity_epoch SET epoch = epoch + 1 WHERE id = 1 RETURNING epoch")
        .mapTo(Long.class)
        .one();
  }

  /// {@return the number as `tx` sees it}
  public static long read(Tx tx) {
    return tx.sql()
        .createQuery("SELECT epoch FROM identity_epoch WHERE id = 1")
        .mapTo(Long.class)
        .one();
  }

  /// Returns if what is in memory was true within the last second; looks if it is longer ago.
  ///
  /// @throws StoreUnavailable if that cannot be said
  public void confirm() {
    if (!database.shared() || fresh()) {
      return;
    }
    refuseSoonAfterFailure();
    synchronized (looking) {
      if (!fresh()) {
        refuseSoonAfterFailure();
        lookNow();
      }
    }
  }

  /// Looks at the number, and has everything reread if it has changed. Does not throw. To be called
  /// several times a second where others write to the database.
  public void look() {
    synchronized (looking) {
      try {
        lookNow();
        failing = false;
      } catch (StoreUnavailable e) {
        if (!failing) {
          log.log(WARNING, "revocations cannot be looked up, so calls are refused", e);
        }
        failing = true;
      }
    }
  }

  private boolean fresh() {
    return ever && nanos.getAsLong() - confirmedAt < GOOD_FOR.toNanos();
  }

  /// Those who wait behind a failed look need not each wait for another.
  private void refuseSoonAfterFailure() {
    long failed = failedAt;
    if (failed != 0 && nanos.getAsLong() - failed < BETWEEN_FAILURES.toNanos()) {
      throw new StoreUnavailable("revocations could not be looked up just now");
    }
  }

  private void lookNow() {
    long began = nanos.getAsLong();
    try {
      database.read(this::reread).run();
    } catch (RuntimeException e) {
      failedAt = nanos.getAsLong();
      throw e instanceof StoreUnavailable
          ? e
          : new StoreUnavailable("revocations could not be read", e);
    }
    failedAt = 0;
    confirmedAt = began;
    ever = true;
  }

  private Runnable reread(Tx tx) {
    long now = read(tx);
    if (now == known) {
      return () -> {};
    }
    List<Runnable> shown = caches.stream().map(cache -> cache.reread(tx, now)).toList();
    return () -> {
      shown.forEach(Runnable::run);
      known = now;
    };
  }
}
