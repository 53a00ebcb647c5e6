package dev.keyward.server.limits;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.keyward.call.CallRefused;
import dev.keyward.call.Refusal;
import dev.keyward.store.Database;
import dev.keyward.store.Tx;
import java.time.Duration;
import java.util.function.LongSupplier;

/// So many calls in a minute under each name, of all processes over one PostgreSQL database
/// together.
///
/// A process takes a fiftieth of a minute's calls at a time and counts these down by itself, so few
/// calls wait for the database; what it has not used when the minute is over is lost. Minutes are
/// the database's, so clocks need not agree. Thread-safe.
final class SharedRates {
  private static final int PARTS = 50;
  private static final int SECONDS = 60;
  private static final int MOST_NAMES = 100_000;

  private final String what;
  private final Database database;
  private final LongSupplier nanos;
  private final Cache<String, Share> shares = Caffeine.newBuilder().maximumSize(MOST_NAMES).build();

  SharedRates(String what, Database database, LongSupplier nanos) {
    this.what = what;
    this.database = database;
    this.nanos = nanos;
  }

  /// Counts one call under `name`.
  ///
  /// @throws CallRefused with [Refusal.TooMany] if there have been too many
  void take(String name, int perMinute) {
    Share share = shares.get(what + " " + name, Share::new);
    synchronized (share) {
      long now = nanos.getAsLong();
      boolean used = share.left == 0 && !share.spent;
      if (used || now - share.until >= 0) {
        refill(share, perMinute, now);
      }
      if (share.left == 0) {
        throw new CallRefused(new Refusal.TooMany(what, Duration.ofNanos(share.until - now)));
      }
      share.left--;
    }
  }

  private void refill(Share share, int perMinute, long now) {
    int wanted = Math.max(1, perMinute / PARTS);
    Taken taken = database.write(tx -> taken(tx, share.name, wanted));
    long over = Math.max(0, taken.all - perMinute);
    share.left = (int) Math.max(0, wanted - over);
    share.spent = share.left == 0;
    share.until = now + Duration.ofSeconds(SECONDS - taken.second % SECONDS).toNanos();
  }

  /// Forgets names that nobody has counted under for some minutes.
  void forget() {
    database.write(
        tx ->
            tx.sql()
                .execute(
                    "DELETE FROM rate_minutes WHERE minute <"
                        + " extract(epoch FROM clock_timestamp())::bigint / 60 - 5"));
  }

  private static Taken taken(Tx tx, String name, int wanted) {
    return tx.sql()
        .createQuery(
            """
            INSERT INTO rate_minutes AS stored (name, minute, taken)
            VALUES (:name, floor(extract(epoch FROM clock_timestamp()) / 60), :wanted)
            ON CONFLICT (name) DO UPDATE SET
              taken = excluded.taken
                + CASE WHEN stored.minute = excluded.minute THEN stored.taken ELSE 0 END,
              minute = excluded.minute
            RETURNING taken, floor(extract(epoch FROM clock_timestamp()))::bigint AS second\
            """)
        .bind("name", name)
        .bind("wanted", wanted)
        .map((row, _) -> new Taken(row.getLong("taken"), row.getLong("second")))
        .one();
  }

  /// @param second by the database's clock, since 1970
  private record Taken(long all, long second) {}

  /// What this process may use of the present minute; guarded by itself.
  private static final class Share {
    private final String name;
    private int left;
    private boolean spent;
    private long until;

    Share(String name) {
      this.name = name;
    }
  }
}
