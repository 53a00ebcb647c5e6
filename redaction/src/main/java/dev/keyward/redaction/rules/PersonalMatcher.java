package dev.keyward.redaction.rules;

import dev.keyward.redaction.exact.View;

/// Finds what a person is known by, where its check digits are all that tells.
final class PersonalMatcher {
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
      if (Shape.isLetterOrDigit(text.at(at - 1)) || !Shape.isLetterOrDigit(text.at(at))) {
        at++;
        continue;
      }
      int end = shape.end(text, at);
      scan.spend(Math.max(1, end - at));
      while (end > at && !Shape.isLetterOrDigit(text.at(end - 1))) {
        end--;
      }
      if (end > at
          && !Shape.isLetterOrDigit(text.at(end))
          && rule.checksum().holds(text.text(at, end))) {
        scan.found(rule, at, end);
        at = end;
      } else {
        at++;
      }
    }
  }
}
