package dev.keyward.call;

import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/// Names calls, one after another: a part that is this source's own, a running number, and a part
/// that nobody can guess (50 bits).
///
/// Names in a row stand beside one another in an index, so that recording a call writes few pages;
/// wholly random names made that the largest cost of a call. Thread-safe.
public final class CallIds {
  private static final String PREFIX = "call_";
  private static final int OWN = 8;
  private static final int NUMBER = 8;
  private static final int REST = 10;
  private static final int BITS = 5;

  private final RandomGenerator random;
  private final String own;
  private final AtomicLong made = new AtomicLong();

  /// Starts a row of names at a place of its own.
  ///
  /// @param random must be a secure one
  public CallIds(RandomGenerator random) {
    this.random = random;
    this.own = RandomName.of("", random).substring(0, OWN);
  }

  /// {@return the next name}
  public CallId next() {
    var name = new StringBuilder(PREFIX.length() + OWN + NUMBER + REST).append(PREFIX).append(own);
    long number = made.incrementAndGet();
    for (int digit = NUMBER - 1; digit >= 0; digit--) {
      name.append(RandomName.letter((int) (number >>> (digit * BITS))));
    }
    byte[] rest = new byte[REST];
    random.nextBytes(rest);
    for (byte b : rest) {
      name.append(RandomName.letter(b));
    }
    return new CallId(name.toString());
  }
}
