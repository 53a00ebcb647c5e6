package dev.keyward.catalog;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class BoundedPatternTest {
  private static final String EMAIL = "^[^@ ]+@[^@ ]+\\.[^@ ]+$";

  @Test
  void anOrdinaryTextIsMatched() {
    assertTrue(new BoundedPattern(EMAIL).matches("mina@example.com"));
    assertFalse(new BoundedPattern(EMAIL).matches("mina at example.com"));
  }

  @Test
  void aTextThatKeepsTheEngineBusyDoesNotMatch() {
    assertFalse(new BoundedPattern(EMAIL).matches("a@" + ".".repeat(700_000) + "@"));
    assertFalse(new BoundedPattern("^(a+)+$").matches("a".repeat(60) + "b"));
  }

  @Test
  void aDollarIsTheEndAndNotBeforeANewline() {
    assertFalse(new BoundedPattern("^[0-9]+$").matches("4812\n"));
  }
}
