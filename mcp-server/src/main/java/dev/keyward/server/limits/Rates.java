package dev.keyward.server.limits;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.keyward.call.CallRefused;
import dev.keyward.call.Refusal;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.function.LongSupplier;

/// So many calls in a minute under each name, of this process: a bucket that fills evenly and holds
/// a minute's worth.
///
/// A bucket that nobody has touched for longer than it takes to fill is forgotten; nothing is lost
/// with it. Thread-safe.
final class Rates {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration FORGOTTEN = MINUTE.multipliedBy(2);
  private static final int MOST_NAMES = 100_000;

  private final String what;
  private final TimeMeter meter;
  private final Cache<Named, Bucket> buckets;

  /// A new rate begins with a new bucket.
  private record Named(String name, int perMinute) {}

  /// @param what is counted, in the plural
  /// @param nanos runs on without jumps, as [System#nanoTime]
  Rates(String what, LongSupplier nanos) {
    this.what = what;
    this.meter = new Meter(nanos);
    this.buckets =
        Caffeine.newBuilder()
            .expireAfterAccess(FORGOTTEN)
            .maximumSize(MOST_NAMES)
            .ticker(nanos::getAsLong)
            .build();
  }

  /// Counts one call under `name`.
  ///
  /// @throws CallRefused with [Refusal.TooMany] if there have been too many
  void take(String name, int perMinute) {
    ConsumptionProbe probe =
        buckets.get(new Named(name, perMinute), this::bucket).tryConsumeAndReturnRemaining(1);
    if (!probe.isConsumed()) {
      throw new CallRefused(
          new Refusal.TooMany(what, Duration.ofNanos(probe.getNanosToWaitForRefill())));
    }
  }

  private Bucket bucket(Named of) {
    return Bucket.builder()
        .addLimit(limit -> limit.capacity(of.perMinute).refillGreedy(of.perMinute, MINUTE))
        .withCustomTimePrecision(meter)
        .build();
  }

  private record Meter(LongSupplier nanos) implements TimeMeter {
    @Override
    public long currentTimeNanos() {
      return nanos.getAsLong();
    }

    @Override
    public boolean isWallClockBased() {
      return false;
    }
  }
}
