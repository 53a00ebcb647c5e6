package dev.keyward.call;

import java.util.regex.Pattern;

/// A program with its own identity at the broker, for example `triage-1`.
///
/// @param value 1 to 63 of `a-z 0-9 -`, not starting with a hyphen
public record AgentId(String value) {
  private static final Pattern SHAPE = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

  /// Checks the shape.
  ///
  /// @throws IllegalArgumentException if `value` has another shape; the message omits the value
  public AgentId {
    if (!SHAPE.matcher(value).matches()) {
      throw new IllegalArgumentException("agent name must match " + SHAPE);
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
