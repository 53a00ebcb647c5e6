package dev.keyward.call;

import java.util.regex.Pattern;

/// Where somebody reads mail, for example `alice@example.com`.
///
/// @param value 3 to 254 ASCII characters: letters, digits and a few signs before the `@`, a host
///   name after it; nothing that ends a header or begins another address
public record EmailAddress(String value) {
  private static final Pattern SHAPE =
      Pattern.compile(
          "[A-Za-z0-9!#$%&'*+/=?^_{|}~-]+(?:\\.[A-Za-z0-9!#$%&'*+/=?^_{|}~-]+)*"
              + "@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
              + "(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*");
  private static final int LONGEST = 254;

  /// Checks the shape.
  ///
  /// @throws IllegalArgumentException if `value` has another shape; the message omits the value
  public EmailAddress {
    if (value.length() > LONGEST || !SHAPE.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "must be a mail address, for example alice@example.com, of at most "
              + LONGEST
              + " characters");
    }
  }

  /// {@return the part after the `@`}
  public String host() {
    return value.substring(value.lastIndexOf('@') + 1);
  }

  @Override
  public String toString() {
    return value;
  }
}
