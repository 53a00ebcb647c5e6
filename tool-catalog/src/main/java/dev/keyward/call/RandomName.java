package dev.keyward.call;

import java.util.random.RandomGenerator;

/// Makes names that nobody can guess: a prefix and 26 characters of `0-9 a-z` without `i l o u`
/// (Crockford's base 32), which is 130 bits.
public final class RandomName {
  private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
  private static final int LENGTH = 26;

  private RandomName() {}

  /// {@return `prefix` followed by 26 random characters; `random` decides how hard it is to guess}
  public static String of(String prefix, RandomGenerator random) {
    byte[] bytes = new byte[LENGTH]; // one call: a secure source costs more per call than per byte
    random.nextBytes(bytes);
    var name = new StringBuilder(prefix.length() + LENGTH).append(prefix);
    for (byte b : bytes) {
      name.append(letter(b));
    }
    return name.toString();
  }

  /// {@return the letter of the alphabet for the lowest five bits of `value`}
  static char letter(int value) {
    return ALPHABET.charAt(value & (ALPHABET.length() - 1));
  }

  private static boolean isInAlphabet(String value, int from) {
    for (int i = from; i < value.length(); i++) {
      if (ALPHABET.indexOf(value.charAt(i)) < 0) {
        return false;
      }
    }
    return true;
  }

  /// Checks that `value` could have come from [#of].
  ///
  /// @throws IllegalArgumentException if it has another shape; the message omits the value
  static void check(String prefix, String value) {
    boolean shaped =
        value.startsWith(prefix)
            && value.length() == prefix.length() + LENGTH
            && isInAlphabet(value, prefix.length());
    if (!shaped) {
      throw new IllegalArgumentException(
          "must be " + prefix + " and " + LENGTH + " characters of " + ALPHABET);
    }
  }
}
