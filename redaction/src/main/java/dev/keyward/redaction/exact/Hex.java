package dev.keyward.redaction.exact;

/// Hexadecimal digits.
final class Hex {
  private Hex() {}

  static boolean is(char c) {
    return value(c) >= 0;
  }

  /// {@return 0 to 15, or -1}
  static int value(char c) {
    if (c >= '0' && c <= '9') {
      return c - '0';
    }
    int lower = c | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  }

  /// {@return the value of `count` digits at `at`, or -1 if they are not all there}
  static int value(View view, int at, int count) {
    int value = 0;
    for (int i = at; i < at + count; i++) {
      int digit = value(view.at(i));
      if (digit < 0) {
        return -1;
      }
      value = (value << 4) | digit;
    }
    return value;
  }
}
