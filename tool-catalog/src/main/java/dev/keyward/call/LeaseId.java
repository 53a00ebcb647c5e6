package dev.keyward.call;

import java.util.random.RandomGenerator;

/// The name of one lease: a credential that was made for a run. It opens nothing.
///
/// @param value `lease_` and 26 characters of Crockford's base 32
public record LeaseId(String value) {
  private static final String PREFIX = "lease_";

  /// Checks the shape.
  ///
  /// @throws IllegalArgumentException if `value` has another shape; the message omits the value
  public LeaseId {
    RandomName.check(PREFIX, value);
  }

  /// {@return a new one}
  public static LeaseId random(RandomGenerator random) {
    return new LeaseId(RandomName.of(PREFIX, random));
  }

  @Override
  public String toString() {
    return value;
  }
}
