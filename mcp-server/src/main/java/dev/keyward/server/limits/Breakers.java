package dev.keyward.server.limits;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.keyward.call.CallRefused;
import dev.keyward.call.Refusal;
import dev.keyward.catalog.Target;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// One circuit breaker for each system behind the broker: after so many failures in a row it is
/// left alone for a while, then one call tries it.
///
/// A failure is the system's: no connection, no answer in time, or a 5xx. What a call itself brings
/// about, such as a 4xx, closes a breaker rather than opens it. Each process has its own.
/// Thread-safe.
public final class Breakers {
  private static final System.Logger log = System.getLogger(Breakers.class.getName());
  private static final float ALL = 100;
  private static final Duration WHILE_TRYING = Duration.ofSeconds(1);

  private final CircuitBreakerConfig config;
  private final Duration open;
  private final LongSupplier nanos;
  private final Map<String, Guarded> byOrigin = new ConcurrentHashMap<>();

  /// @param nanos runs on without jumps, as [System#nanoTime]
  public Breakers(LimitSettings settings, LongSupplier nanos) {
    this.open = settings.breakerOpen();
    this.nanos = nanos;
    this.config =
        CircuitBreakerConfig.custom()
            .slidingWindow(
                settings.breakerFailures(),
                settings.breakerFailures(),
                SlidingWindowType.COUNT_BASED)
            .failureRateThreshold(ALL)
            .permittedNumberOfCallsInHalfOpenState(1)
            .waitDurationInOpenState(open)
            .clock(new SteadyClock(nanos))
            .build();
  }

  /// A call on its way to a system. It says how the system did; closed without a word, nothing is
  /// known.
  public interface Passage extends AutoCloseable {
    /// The system answered.
    void answered();

    /// The system failed.
    void failed();

    @Override
    void close();
  }

  /// Lets a call through to `target`.
  ///
  /// @throws CallRefused with [Refusal.TargetDown] while the system is left alone
  public Passage pass(Target target) {
    Guarded guarded = byOrigin.computeIfAbsent(target.origin().toString(), Guarded::new);
    if (!guarded.breaker.tryAcquirePermission()) {
      throw new CallRefused(new Refusal.TargetDown(guarded.retry()));
    }
    return new OneWay(guarded.breaker);
  }

  private final class Guarded {
    private final CircuitBreaker breaker;
    private volatile long opened;

    Guarded(String origin) {
      breaker = CircuitBreaker.of(origin, config);
      breaker
          .getEventPublisher()
          .onStateTransition(event -> moved(origin, event.getStateTransition().getToState()));
    }

    private void moved(String origin, State to) {
      if (to == State.OPEN) {
        opened = nanos.getAsLong();
        log.log(WARNING, "{0} fails; it is left alone for {1} s", origin, open.toSeconds());
      } else if (to == State.CLOSED) {
        log.log(INFO, "{0} answers again", origin);
      }
    }

    Duration retry() {
      Duration left = open.minusNanos(nanos.getAsLong() - opened);
      return left.compareTo(WHILE_TRYING) > 0 ? left : WHILE_TRYING;
    }
  }

  /// Used by the thread of its call.
  private static final class OneWay implements Passage {
    private final CircuitBreaker breaker;
    private boolean told;

    OneWay(CircuitBreaker breaker) {
      this.breaker = breaker;
    }

    @Override
    public void answered() {
      if (!told) {
        told = true;
        breaker.onSuccess(0, TimeUnit.NANOSECONDS);
      }
    }

    @Override
    public void failed() {
      if (!told) {
        told = true;
        breaker.onError(0, TimeUnit.NANOSECONDS, new IllegalStateException("the system failed"));
      }
    }

    @Override
    public void close() {
      if (!told) {
        told = true;
        breaker.releasePermission();
      }
    }
  }

  /// The wall clock may be set back, and a breaker would then stay open for as long.
  private static final class SteadyClock extends Clock {
    private final LongSupplier nanos;

    SteadyClock(LongSupplier nanos) {
      this.nanos = nanos;
    }

    @Override
    public Instant instant() {
      return Instant.EPOCH.plusNanos(nanos.getAsLong());
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
