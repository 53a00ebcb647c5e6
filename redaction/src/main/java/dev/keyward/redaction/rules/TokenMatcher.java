package dev.keyward.redaction.rules;

import dev.keyward.redaction.exact.View;

/// Finds tokens that are known by how they look.
final class TokenMatcher implements Matcher {
  private final Rule rule;
  private final Shape shape;
  private final boolean beginsWithLetter;

  TokenMatcher(Rule rule) {
    this.rule = rule;
    this.shape = rule.shape().orElseThrow();
    this.beginsWithLetter =
        rule.lead().isPresent() || Shape.isLetterOrDigit(shape.prefix().charAt(0));
  }

  @Override
  public boolean mayMatch(View text, int from, int to) {
    return start(text, from) >= 0 && end(text, from) >= 0;
  }

  @Override
  public void match(Scan scan, int from, int to) {
    View text = scan.text();
    int start = start(text, from);
    int end = end(text, from);
    if (start < 0 || end < 0) {
      return;
    }
    scan.spend(end - start);
    if (genuine(text, start, from, end)) {
      scan.found(rule, start, end);
    }
  }

  /// {@return where the token starts whose keyword is at `from`, or -1}
  private int start(View text, int from) {
    int start = from - lead(text, from);
    boolean led = rule.lead().isEmpty() || start < from;
    boolean apart =
        !rule.boundary() || !beginsWithLetter || !Shape.isLetterOrDigit(text.at(start - 1));
    return led && apart ? start : -1;
  }

  private int end(View text, int from) {
    int end = shape.end(text, from);
    return end < 0 || (rule.boundary() && shape.goesOn(text, end)) ? -1 : end;
  }

  private int lead(View text, int from) {
    if (rule.lead().isEmpty()) {
      return 0;
    }
    Rule.Lead lead = rule.lead().get();
    int length = 0;
    while (length < lead.max() && lead.alphabet().has(text.at(from - length - 1))) {
      length++;
    }
    return length < lead.min() ? 0 : length;
  }

  private boolean genuine(View text, int start, int from, int end) {
    if (!rule.exempt().isEmpty() && rule.exempt().contains(text.text(start, end))) {
      return false;
    }
    if (rule.checksum() != Checksum.NONE) {
      boolean holds = rule.checksum().holds(text.text(start, end));
      if (holds || rule.checksum().decides()) {
        return holds;
      }
    }
    int body = rule.lead().isPresent() ? start : from + shape.prefix().length();
    return SecretValue.distinct(text, body, end) >= rule.distinct()
        && (rule.value() != SecretValue.RANDOM || Wordy.isRandom(text, body, end));
  }
}
