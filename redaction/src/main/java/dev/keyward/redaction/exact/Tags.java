package dev.keyward.redaction.exact;

/// Reads the tag characters (U+E0020 to U+E007E), which nobody sees, as the ASCII that they stand
/// for.
///
/// Elsewhere they are passed over, for they may also be strewn into a secret that is plain to see.
final class Tags {
  /// The first half of every tag character.
  static final char HIGH = '\udb40';

  private static final int FIRST = 0xe0020;
  private static final int LAST = 0xe007e;
  private static final int ZERO = 0xe0000;

  private Tags() {}

  /// {@return `view` with its tag characters as ASCII}
  static View read(View view) {
    var out = new View.Builder(view, view.length());
    for (int i = 0; i < view.length(); i++) {
      char tag = tag(view, i);
      if (tag == 0) {
        out.add(view.at(i), i);
      } else {
        out.add(tag, i, ++i);
      }
    }
    return out.build();
  }

  /// {@return only the tag characters of `view`, as ASCII}
  static View alone(View view) {
    var out = new View.Builder(view, view.length());
    for (int i = 0; i < view.length(); i++) {
      char tag = tag(view, i);
      if (tag != 0) {
        out.add(tag, i, ++i);
      }
    }
    return out.build();
  }

  private static char tag(View view, int at) {
    if (view.at(at) != HIGH || !Character.isLowSurrogate(view.at(at + 1))) {
      return 0;
    }
    int codePoint = Character.toCodePoint(HIGH, view.at(at + 1));
    return codePoint >= FIRST && codePoint <= LAST ? (char) (codePoint - ZERO) : 0;
  }
}
