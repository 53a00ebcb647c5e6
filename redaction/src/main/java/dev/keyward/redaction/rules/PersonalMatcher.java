package dev.keyward.redaction.rules;

import dev.keyward.redaction.exact.View;

/// Finds what a person is known by, where its check digits are all that tells.
final class PersonalMatcher {
  private static final int GROUPS = 12;

  private final Rule rule;
  private final Shape shape;

  PersonalMatcher(Rule rule) {
    this.rule = rule;
    this.shape = rule.shape().orElseThrow();
  }

  void match(Scan scan) {
    View text = scan.text();
    int at = 0;
    while (at < text.length()) {
      at = starts(text, at) ? Math.max(at + 1, found(scan, at)) : at + 1;
    }
  }

  private static boolean starts(View text, int at) {
    char c = text.at(at);
    return (Shape.isLetterOrDigit(c) || c == '+') && !Shape.isLetterOrDigit(text.at(at - 1));
  }

  /// {@return where it ends, or `start` if nothing is there}
  private int found(Scan scan, int start) {
    View text = scan.text();
    int end = trimmed(text, start, shape.end(text, start));
    for (int turn = 0; turn < GROUPS && end > start; turn++) {
      scan.spend(end - start);
      if (!Shape.isLetterOrDigit(text.at(end)) && genuine(text, start, end)) {
        scan.found(rule, start, end);
        return end;
      }
      end = trimmed(text, start, group(text, start, end));
    }
    return start;
  }

  private boolean genuine(View text, int start, int end) {
    return rule.checksum() == Checksum.NONE || rule.checksum().holds(text.text(start, end));
  }

  /// {@return the start of the last group of letters and digits: what follows a number may look
  /// like more of it}
  private static int group(View text, int start, int end) {
    int at = end;
    while (at > start && Shape.isLetterOrDigit(text.at(at - 1))) {
      at--;
    }
    return at;
  }

  private static int trimmed(View text, int start, int end) {
    int at = end;
    while (at > start && !Shape.isLetterOrDigit(text.at(at - 1))) {
      at--;
    }
    return at;
  }
}
