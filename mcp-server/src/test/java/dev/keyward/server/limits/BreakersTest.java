package dev.keyward.server.limits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.keyward.call.CallRefused;
import dev.keyward.call.Refusal;
import dev.keyward.catalog.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A system that keeps failing is left alone, and is tried again by one call.
final class BreakersTest {
  private static final Target CRM = Target.of("crm", "https://crm.example.com");
  private static final Target SHOP = Target.of("shop", "https://shop.example.com");
  private static final Duration OPEN = Duration.ofSeconds(10);
  private static final int FAILURES = 3;

  private final AtomicLong nanos = new AtomicLong(-5_000_000_000L);
  private final Breakers breakers =
      new Breakers(
          new LimitSettings(
              LimitSettings.DEFAULT.agent(),
              LimitSettings.DEFAULT.run(),
              1,
              1,
              LimitSettings.DEFAULT.target(),
              FAILURES,
              OPEN),
          nanos::get);

  /// `f` fails, `a` is answered, `-` is closed without a word, `r` must be refused; `9` and `t` let
  /// nine seconds and ten pass.
  @ParameterizedTest
  @CsvSource({
    "fff r",
    "ff a ff a ff a",
    "aaaaaaaaaaaaaaaaaaaa fff r",
    "------------ a",
    "f-f-f r",
    "fff 9 r",
    "fff t a a",
    "fff t f r",
    "fff t f 9 r",
    "fff t f t a fff r",
    "fff t - a fff r",
  })
  void whatLetsThroughAndWhatNot(String story) {
    for (char step : story.replace(" ", "").toCharArray()) {
      switch (step) {
        case 'f' -> pass(Breakers.Passage::failed);
        case 'a' -> pass(Breakers.Passage::answered);
        case '-' -> pass(_ -> {});
        case '9' -> nanos.addAndGet(Duration.ofSeconds(9).toNanos());
        case 't' -> nanos.addAndGet(OPEN.plusMillis(1).toNanos());
        case 'r' -> assertThrows(CallRefused.class, () -> breakers.pass(CRM));
        default -> throw new IllegalArgumentException(story);
      }
    }
  }

  @Test
  void theRefusalSaysWhenToTryAgain() {
    fail();
    nanos.addAndGet(Duration.ofSeconds(4).toNanos());

    var refused = assertThrows(CallRefused.class, () -> breakers.pass(CRM));

    assertEquals(new Refusal.TargetDown(Duration.ofSeconds(6)), refused.refusal());
  }

  @Test
  void anotherSystemIsNotConcerned() {
    fail();

    breakers.pass(SHOP).close();
  }

  @Test
  void ofManyThatComeWhenItMayBeTriedOneTriesIt() throws Exception {
    fail();
    nanos.addAndGet(OPEN.plusMillis(1).toNanos());

    int through = 0;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Boolean>> callers = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        callers.add(this::getsThrough);
      }
      for (Future<Boolean> caller : threads.invokeAll(callers)) {
        through += caller.get() ? 1 : 0;
      }
    }

    assertEquals(1, through);
  }

  private boolean getsThrough() {
    try {
      breakers.pass(CRM);
      return true;
    } catch (CallRefused refused) {
      assertInstanceOf(Refusal.TargetDown.class, refused.refusal());
      return false;
    }
  }

  private void fail() {
    for (int i = 0; i < FAILURES; i++) {
      pass(Breakers.Passage::failed);
    }
  }

  private void pass(Consumer<Breakers.Passage> end) {
    try (var passage = breakers.pass(CRM)) {
      end.accept(passage);
    }
  }
}
