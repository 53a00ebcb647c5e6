package dev.keyward.call;

import java.util.random.RandomGenerator;

/// The name of one call, the same in the answer, the log, the audit and on the page.
///
/// @param value `call_` and 26 characters of Crockford's base 32
public record CallId(String value) {
  private static final String PREFIX = "call_";

  /// Checks the shape.
  ///
  /// @throws IllegalArgumentException if `value` has another shape; the message omits the value
  public CallId {
    RandomName.check(PREFIX, value);
  }

  /// {@return a new one that nobody can guess}
  public static CallId random(RandomGenerator random) {
    return new CallId(RandomName.of(PREFIX, random));
  }

  @Override
  public String toString() {
    return value;
  }
}
