package dev.keyward.call;

import java.util.regex.Pattern;

/// A person whom the broker knows: an owner, a delegator or a reviewer, for example `alice`.
///
/// @param value 1 to 127 of `a-z 0-9 . _ @ -`, starting with a letter or digit
public record PersonId(String value) {
  private static final Pattern SHAPE = Pattern.compile("[a-z0-9][a-z0-9._@-]{0,126}");

  /// Checks the shape.
  ///
  /// @throws IllegalArgumentException if `value` has another shape; the message omits the value
  public PersonId {
    if (!SHAPE.matcher(value).matches()) {
      throw new IllegalArgumentException("person name must match " + SHAPE);
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
