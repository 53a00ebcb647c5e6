package dev.keyward.redaction.rules;

import dev.keyward.redaction.exact.View;

/// Tells words from random characters.
final class Wordy {
  /// By letter: which letters often follow it in words of European languages.
  private static final String[] FOLLOWS = {
    "bcdefgiklmnprstuvwyx",
    "aeilorsuy",
    "aehiklortu",
    "aeiorsuy",
    "abcdefglmnprstvwxyk",
    "aefiolrtu",
    "aehilonrsu",
    "aeiotury",
    "abcdefgklmnoprstvz",
    "aeou",
    "aeinolsy",
    "abdefgiklmopstuvy",
    "aebimnopsuy",
    "acdefgiknostuyv",
    "abcdefgiklmnoprstuvwx",
    "aehiloprstu",
    "u",
    "acdegiklmnorstuvy",
    "acehiklmopqstuwy",
    "aehilorstuwyc",
    "abcdegilmnprstxf",
    "aeio",
    "aehinors",
    "aceipty",
    "ceilmnopst",
    "aeiouz"
  };

  private static final int ENOUGH = 256;
  private static final boolean[] COMMON = common();

  private Wordy() {}

  private static boolean[] common() {
    var table = new boolean[26 * 26];
    for (int a = 0; a < 26; a++) {
      for (int i = 0; i < FOLLOWS[a].length(); i++) {
        table[a * 26 + FOLLOWS[a].charAt(i) - 'a'] = true;
      }
    }
    return table;
  }

  /// {@return whether the stretch looks random: letters and digits mixed, cases mixed within words,
  /// or letters that do not follow one another in words}
  static boolean isRandom(View text, int from, int to) {
    int digits = 0;
    int letters = 0;
    int turns = 0; // from letters to digits and back
    int humps = 0; // from lower to upper case
    int pairs = 0;
    int odd = 0;
    for (int i = from; i < Math.min(to, from + ENOUGH); i++) {
      char c = text.at(i);
      char before = i > from ? text.at(i - 1) : 0;
      boolean digit = c >= '0' && c <= '9';
      boolean letter = isLetter(c);
      digits += digit ? 1 : 0;
      letters += letter ? 1 : 0;
      turns += (digit && isLetter(before)) || (letter && before >= '0' && before <= '9') ? 1 : 0;
      humps += c >= 'A' && c <= 'Z' && before >= 'a' && before <= 'z' ? 1 : 0;
      if (letter && isLetter(before)) {
        pairs++;
        odd += COMMON[(before | 0x20) * 26 + (c | 0x20) - 'a' * 27] ? 0 : 1;
      }
    }
    int length = Math.min(to - from, ENOUGH);
    boolean mixed =
        turns >= 3 || (digits >= 2 && letters >= 2 && turns >= 1 && 4 * digits >= letters);
    return mixed
        || (pairs >= 4 && 10 * odd >= 3 * pairs)
        || (humps >= 3 && 5 * humps >= length)
        || (digits > 0 && pairs >= 4 && 10 * odd >= 2 * pairs)
        || (digits >= 8 && letters >= 1);
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }
}
