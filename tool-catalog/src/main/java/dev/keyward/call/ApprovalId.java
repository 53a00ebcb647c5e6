package dev.keyward.call;

import java.util.Optional;
import java.util.random.RandomGenerator;

/// The name of one request to people; it is not a secret and opens nothing.
///
/// @param value `apr_` and 26 characters of Crockford's base 32
public record ApprovalId(String value) {
  private static final String PREFIX = "apr_";

  /// Checks the shape.
  ///
  /// @throws IllegalArgumentException if `value` has another shape; the message omits the value
  public ApprovalId {
    RandomName.check(PREFIX, value);
  }

  /// {@return the name that `text` is; empty if it has another shape}
  public static Optional<ApprovalId> read(String text) {
    try {
      return Optional.of(new ApprovalId(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /// {@return a new one that nobody can guess}
  public static ApprovalId random(RandomGenerator random) {
    return new ApprovalId(RandomName.of(PREFIX, random));
  }

  @Override
  public String toString() {
    return value;
  }
}
