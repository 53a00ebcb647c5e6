package dev.keyward.server.audit;

import java.util.regex.Pattern;

/// The check that keeps free text, and with it library messages and values, out of records.
final class Word {
  private static final Pattern CODE = Pattern.compile("[a-z][a-z0-9_.-]{0,63}");
  private static final int HASH_DIGITS = 64;
  private static final int MAX_LINE = 256;

  private Word() {}

  /// {@return `value`, which is a short word for machines such as `not_sent`}
  static String code(String field, String value) {
    return matching(CODE, field, value);
  }

  /// {@return `value`, which is a SHA-256 in lower-case hexadecimal}
  static String hash(String field, String value) {
    if (!isHash(value)) {
      throw new IllegalArgumentException(
          field + " must have " + HASH_DIGITS + " lower-case hexadecimal digits");
    }
    return value;
  }

  /// {@return `value`, which the operator wrote: one line, not long}
  static String line(String field, String value) {
    if (value.length() > MAX_LINE || value.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          field + " must be one line of at most " + MAX_LINE + " characters");
    }
    return value;
  }

  private static boolean isHash(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) {
        return false;
      }
    }
    return value.length() == HASH_DIGITS;
  }

  private static String matching(Pattern shape, String field, String value) {
    if (!shape.matcher(value).matches()) {
      throw new IllegalArgumentException(field + " must match " + shape);
    }
    return value;
  }
}
