package dev.keyward.server.credential;

import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Function;

/// What a slow store said, kept for a bounded time.
///
/// Of many who ask for the same at once one asks the store. A kept answer serves until its time is
/// over, even while the store is down, and not a moment longer; a clock that is set back ends it
/// too. Safe for all threads; callers wait and are meant to be virtual threads.
///
/// @param <K> what is asked for
public final class KeptLookups<K> {
  private static final int MOST_KEPT = 10_000;

  /// What nobody asks for any more does not stay in memory.
  private static final Duration LONGEST = Duration.ofHours(1);

  private final BiFunction<K, Lookup, Duration> life;
  private final InstantSource clock;
  private final AsyncLoadingCache<K, Kept> kept;
  private final AsyncLoadingCache<K, Kept> forced;

  /// Asks with `read`, on `threads`.
  ///
  /// @param life how long an answer is kept
  /// @param between how long [#newest] gives the same answer
  public KeptLookups(
      Function<K, Lookup> read,
      BiFunction<K, Lookup, Duration> life,
      Duration between,
      InstantSource clock,
      Executor threads) {
    this.life = life;
    this.clock = clock;
    this.kept = answers(read, life, threads);
    this.forced = answers(read, (_, _) -> between, threads);
  }

  /// {@return what is kept, or else what the store says}
  public Lookup current(K key) {
    return good(kept, key);
  }

  /// {@return what the store says, which replaces what is kept unless the store cannot tell}
  public Lookup newest(K key) {
    Lookup newest = good(forced, key);
    if (!(newest instanceof Lookup.Unavailable)) {
      kept.put(key, CompletableFuture.completedFuture(keep(newest, life.apply(key, newest))));
    }
    return newest;
  }

  private AsyncLoadingCache<K, Kept> answers(
      Function<K, Lookup> read, BiFunction<K, Lookup, Duration> life, Executor threads) {
    return Caffeine.newBuilder()
        .executor(threads)
        .maximumSize(MOST_KEPT)
        .expireAfterAccess(LONGEST)
        .buildAsync(
            (K key) -> {
              Lookup answer = read.apply(key);
              return keep(answer, life.apply(key, answer));
            });
  }

  private Lookup good(AsyncLoadingCache<K, Kept> answers, K key) {
    CompletableFuture<Kept> answer = answers.get(key);
    if (!answer.join().goodAt(clock.instant())) {
      answers.asMap().remove(key, answer);
      answer = answers.get(key);
    }
    return answer.join().answer();
  }

  private Kept keep(Lookup answer, Duration life) {
    Instant now = clock.instant();
    return new Kept(answer, now, now.plus(life));
  }

  private record Kept(Lookup answer, Instant since, Instant until) {
    boolean goodAt(Instant now) {
      return !now.isBefore(since) && now.isBefore(until);
    }
  }
}
