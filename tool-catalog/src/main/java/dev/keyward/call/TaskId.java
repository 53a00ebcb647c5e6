package dev.keyward.call;

import java.util.random.RandomGenerator;

/// The name of one task: a call whose answer its client comes back for. It opens nothing by itself,
/// and nobody can guess it.
///
/// @param value `task_` and 26 characters of Crockford's base 32
public record TaskId(String value) {
  private static final String PREFIX = "task_";

  /// Checks the shape.
  ///
  /// @throws IllegalArgumentException if `value` has another shape; the message omits the value
  public TaskId {
    RandomName.check(PREFIX, value);
  }

  /// {@return a new one that nobody can guess}
  public static TaskId random(RandomGenerator random) {
    return new TaskId(RandomName.of(PREFIX, random));
  }

  @Override
  public String toString() {
    return value;
  }
}
