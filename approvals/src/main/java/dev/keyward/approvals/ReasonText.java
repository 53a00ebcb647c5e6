package dev.keyward.approvals;

/// A person's words, made safe to show on one line: no control characters, nothing that turns the
/// direction of text around, no halves of characters, not too long.
final class ReasonText {
  private static final int ZERO_WIDTH_JOINER = 0x200d;

  private ReasonText() {}

  static String of(String typed) {
    var kept = new StringBuilder();
    typed
        .strip()
        .codePoints()
        .map(ReasonText::spaced)
        .filter(ReasonText::harmless)
        .forEach(
            c -> {
              if (kept.length() + Character.charCount(c) <= Decision.MAX_REASON) {
                kept.appendCodePoint(c);
              }
            });
    return kept.toString().strip();
  }

  private static int spaced(int c) {
    return c == '\n' || c == '\r' || c == '\t' ? ' ' : c;
  }

  private static boolean harmless(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.UNASSIGNED,
          Character.PRIVATE_USE ->
          false;
      case Character.FORMAT -> c == ZERO_WIDTH_JOINER; // not the bidirectional overrides
      default -> true;
    };
  }
}
