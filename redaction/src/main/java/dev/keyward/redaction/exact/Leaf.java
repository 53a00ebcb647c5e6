package dev.keyward.redaction.exact;

import java.util.List;

/// One value to find: a secret itself, or a part of it that would open the same door.
///
/// It knows which of its stretches tell it apart from ordinary text. What many keys share (the DER
/// prefix of a private key, the header of a JWT) tells nothing, nor does a stretch that reads like
/// a word.
final class Leaf {
  /// How many letters and digits in a row give a secret away.
  static final int TELLING = 12;

  /// Of fewer letters and digits than this none may be missing.
  private static final int GUESSABLE = 20;

  /// How many may be missing of the others.
  private static final int MISSING = 6;

  private static final List<String> SHARED =
      List.of(
          "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ",
          "MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQ",
          "MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQ",
          "MIIJQgIBADANBgkqhkiG9w0BAQEFAASCCSwwggkoAgEAAoICAQ",
          "ADANBgkqhkiG9w0BAQEFAA",
          "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg",
          "MC4CAQAwBQYDK2VwBCIEI",
          "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAAB",
          "AAAAC3NzaC1lZDI1NTE5AAAAI",
          "AAAAB3NzaC1yc2EAAAADAQAB",
          "eyJhbGciOiJ",
          "eyJ0eXAiOiJKV1QiLCJhbGciOiJ",
          "AAAAAAAAAAAAAAAA");

  private final String raw;
  private final boolean wholeOnly;
  private final boolean digits;
  private final boolean[] shared;
  private final int[] letters; // letters and digits before each place, shared ones not counted
  private final int most; // how many letters and digits tell whatever they look like

  private Leaf(String raw, boolean wholeOnly) {
    this.raw = raw;
    this.shared = sharedIn(raw);
    this.letters = new int[raw.length() + 1];
    int skeleton = 0;
    boolean onlyDigits = true;
    for (int i = 0; i < raw.length(); i++) {
      boolean counts =
          Character.isLetterOrDigit(raw.charAt(i)) || Character.isSurrogate(raw.charAt(i));
      skeleton += counts ? 1 : 0;
      onlyDigits &= !counts || Character.isDigit(raw.charAt(i));
      letters[i + 1] = letters[i] + (counts && !shared[i] ? 1 : 0);
    }
    int all = letters[raw.length()];
    this.most = all <= 16 ? all : Math.max(16, all * 3 / 5);
    this.digits = onlyDigits;
    this.wholeOnly = wholeOnly || skeleton < TELLING;
  }

  /// Made so that any telling stretch of it is found.
  static Leaf of(String raw) {
    return new Leaf(raw, false);
  }

  /// Made so that only all of it is found.
  static Leaf whole(String raw) {
    return new Leaf(raw, true);
  }

  String raw() {
    return raw;
  }

  boolean wholeOnly() {
    return wholeOnly;
  }

  /// {@return whether it must stand apart from other digits}
  boolean standsApart() {
    return digits && raw.length() < TELLING;
  }

  /// {@return whether the stretch gives this away, where `need` letters and digits are enough}
  boolean tells(int from, int to, int need) {
    if (wholeOnly) {
      return false;
    }
    int count = letters[to] - letters[from];
    return (count >= need && looksRandom(from, to)) || count >= most;
  }

  /// {@return whether the stretch is long enough to [#tell][#tells]}
  boolean mayTell(int from, int to, int need) {
    return !wholeOnly && letters[to] - letters[from] >= Math.min(need, most);
  }

  /// {@return whether so much of this stands in the stretch that nothing is left to guess}
  boolean holds(int from, int to) {
    int all = letters[raw.length()];
    int count = letters[to] - letters[from];
    int missing = all - count;
    return !wholeOnly && all >= GUESSABLE && missing <= MISSING && 5L * count >= 4L * all;
  }

  /// Changes between letters and digits, and from lower to upper case, are many in keys and few in
  /// words.
  private boolean looksRandom(int from, int to) {
    int changes = 0;
    int run = 0;
    int longest = 0;
    char before = 0;
    for (int i = from; i < to; i++) {
      char c = raw.charAt(i);
      if (shared[i] || !Character.isLetterOrDigit(c)) {
        continue;
      }
      boolean change =
          before != 0
              && (Character.isDigit(c) != Character.isDigit(before)
                  || (Character.isUpperCase(c) && Character.isLowerCase(before)));
      changes += change ? 1 : 0;
      run = change ? 1 : run + 1;
      longest = Math.max(longest, run);
      before = c;
    }
    return changes >= 3 || longest <= 4;
  }

  private static boolean[] sharedIn(String raw) {
    var shared = new boolean[raw.length()];
    for (String piece : SHARED) {
      for (int at = raw.indexOf(piece); at >= 0; at = raw.indexOf(piece, at + 1)) {
        for (int i = at; i < at + piece.length(); i++) {
          shared[i] = true;
        }
      }
    }
    return shared;
  }
}
