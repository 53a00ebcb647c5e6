package dev.keyward.server.limits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.call.CallRefused;
import dev.keyward.call.Refusal;
import dev.keyward.store.PostgresDatabase;
import dev.keyward.store.PostgresSettings;
import dev.keyward.store.TestPostgres;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// So many calls in a minute, and no more, in one process and in several.
@Timeout(120)
final class RatesTest {
  private static final int PER_MINUTE = 60;

  private final AtomicLong nanos = new AtomicLong(-1);
  private final Rates rates = new Rates("calls", nanos::get);

  @Test
  void aMinutesWorthMayComeAtOnceAndThenOneASecond() {
    assertEquals(PER_MINUTE, granted(500));

    pass(Duration.ofSeconds(1));
    assertEquals(1, granted(10));
    pass(Duration.ofSeconds(5));
    assertEquals(5, granted(10));
    pass(Duration.ofHours(7));
    assertEquals(PER_MINUTE, granted(500));
  }

  @Test
  void theRefusalSaysWhenToTryAgain() {
    granted(PER_MINUTE);

    var refused = assertThrows(CallRefused.class, () -> rates.take("a1", PER_MINUTE));

    assertEquals(new Refusal.TooMany("calls", Duration.ofSeconds(1)), refused.refusal());
  }

  @Test
  void oneNameIsNotCountedForAnother() {
    granted(500);

    rates.take("a2", PER_MINUTE);
  }

  @Test
  void aChangedRateBeginsAnew() {
    granted(500);

    rates.take("a1", PER_MINUTE * 2);
  }

  @Test
  void ofAThousandAtOnceNoMoreThanTheLimitGetThrough() throws Exception {
    List<Callable<Integer>> callers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      callers.add(() -> granted(10));
    }

    assertEquals(PER_MINUTE, sum(callers));
  }

  @Test
  void twoProcessesOverOneDatabaseShareTheMinute() throws Exception {
    PostgresSettings settings = TestPostgres.shared().database();
    try (var here = PostgresDatabase.open(settings.as("here"));
        var there = PostgresDatabase.open(settings.as("there"))) {
      var one = new SharedRates("calls", here, nanos::get);
      var two = new SharedRates("calls", there, nanos::get);
      List<Callable<Integer>> callers = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        SharedRates rate = i % 2 == 0 ? one : two;
        callers.add(() -> granted(rate, 20));
      }

      long minute = minute(here);
      int granted = sum(callers);

      long minutes = minute(here) - minute + 1;
      assertTrue(granted >= 500 && granted <= 500 * minutes, granted + " in " + minutes);
    }
  }

  @Test
  void aSmallSharedLimitIsExact() throws Exception {
    PostgresSettings settings = TestPostgres.shared().database();
    try (var here = PostgresDatabase.open(settings.as("here"))) {
      var rate = new SharedRates("calls", here, nanos::get);
      long minute = minute(here);
      int granted = 0;
      for (int i = 0; i < 30; i++) {
        granted += granted(rate, 1, 3);
      }

      long minutes = minute(here) - minute + 1;
      assertTrue(granted >= 3 && granted <= 3 * minutes, granted + " in " + minutes);
      rate.forget();
      var refused = assertThrows(CallRefused.class, () -> rate.take("a1", 3));
      assertTrue(refused.refusal().message().contains("Try again in"));
    }
  }

  private static long minute(PostgresDatabase database) {
    return database.read(
        tx ->
            tx.sql()
                .select("SELECT floor(extract(epoch FROM clock_timestamp()) / 60)::bigint")
                .mapTo(long.class)
                .one());
  }

  private int granted(int asked) {
    int granted = 0;
    for (int i = 0; i < asked; i++) {
      try {
        rates.take("a1", PER_MINUTE);
        granted++;
      } catch (CallRefused refused) {
        assertTrue(refused.refusal() instanceof Refusal.TooMany);
      }
    }
    return granted;
  }

  private static int granted(SharedRates rate, int asked) {
    return granted(rate, asked, 500);
  }

  private static int granted(SharedRates rate, int asked, int perMinute) {
    int granted = 0;
    for (int i = 0; i < asked; i++) {
      try {
        rate.take("a1", perMinute);
        granted++;
      } catch (CallRefused refused) {
        assertTrue(refused.refusal() instanceof Refusal.TooMany);
      }
    }
    return granted;
  }

  private static int sum(List<Callable<Integer>> callers) throws Exception {
    int sum = 0;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Integer> caller : threads.invokeAll(callers)) {
        sum += caller.get();
      }
    }
    return sum;
  }

  private void pass(Duration by) {
    nanos.addAndGet(by.toNanos());
  }
}
