package dev.keyward.redaction.rules;

import dev.keyward.redaction.exact.Effort;
import dev.keyward.redaction.exact.View;
import java.util.function.Consumer;

/// One reading of one text under way: what the matchers share.
final class Scan {
  private final View text;
  private final Effort effort;
  private final Consumer<Found> found;
  private final Assignment assignment;

  Scan(View text, Effort effort, Consumer<Found> found) {
    this.text = text;
    this.effort = effort;
    this.found = found;
    this.assignment = new Assignment(text);
  }

  View text() {
    return text;
  }

  Assignment assignment() {
    return assignment;
  }

  void spend(int work) {
    effort.spend(work);
  }

  /// Reports the stretch of the reading, as the piece of the text that it stands for.
  void found(Rule rule, int from, int to) {
    if (to <= from) {
      return;
    }
    int start = Integer.MAX_VALUE;
    int end = 0;
    for (int i = from; i < to; i++) {
      start = Math.min(start, text.from(i));
      end = Math.max(end, text.to(i));
    }
    if (end > start) {
      found.accept(new Found(start, end, rule.id(), rule.type()));
    }
  }
}
