package dev.keyward.call;

import java.util.random.RandomGenerator;

/// The name of one run: one job of an agent.
///
/// @param value `run_` and 26 characters of Crockford's base 32
public record RunId(String value) {
  private static final String PREFIX = "run_";

  /// Checks the shape.
  ///
  /// @throws IllegalArgumentException if `value` has another shape; the message omits the value
  public RunId {
    RandomName.check(PREFIX, value);
  }

  /// {@return a new one that nobody can guess}
  public static RunId random(RandomGenerator random) {
    return new RunId(RandomName.of(PREFIX, random));
  }

  @Override
  public String toString() {
    return value;
  }
}
