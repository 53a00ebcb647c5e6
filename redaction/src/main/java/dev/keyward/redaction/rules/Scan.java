package dev.keyward.redaction.rules;

import dev.keyward.redaction.exact.Effort;
import dev.keyward.redaction.exact.View;
import java.util.function.Consumer;

/// One reading of one text under way: what the matchers share.
final class Scan {
  private static final int JUDGEMENTS = 16;
  private static final int COLUMNS = 16;

  private final View text;
  private final Effort effort;
  private final Consumer<Found> found;
  private final Assignment assignment;
  private int covered;
  private int blocked;
  private int judged;
  private int judgedEnd;
  private int tableFrom;
  private int tableTo;
  private TableRow heading;
  private int headingColumns;
  private int below;

  Scan(View text, Effort effort, Consumer<Found> found) {
    this.text = text;
    this.effort = effort;
    this.found = found;
    this.assignment = new Assignment(text);
    this.heading = new TableRow(text, ' ');
  }

  View text() {
    return text;
  }

  Assignment assignment() {
    return assignment;
  }

  /// Says that what stands before `end` was reported, names in it among them.
  void cover(int end) {
    covered = Math.max(covered, end);
  }

  boolean isCovered(int at) {
    return at < covered;
  }

  /// {@return whether bare values that lie over this one were not judged in vain too often: a run
  /// such as `a:b:c:d` without an end is a value at each of its colons}
  boolean isWorthJudging(Assignment read) {
    if (read.quoted()) {
      return true;
    }
    judged = read.start() < judgedEnd ? judged + 1 : 0;
    judgedEnd = Math.max(judgedEnd, read.end());
    return judged < JUDGEMENTS;
  }

  /// Says that a block was read to `end`, so that what opens another before is part of it.
  void block(int end) {
    blocked = Math.max(blocked, end);
  }

  boolean isBlocked(int at) {
    return at < blocked;
  }

  /// Says that the rows between are those of a table, none of them its heading.
  void table(int from, int to) {
    tableFrom = from;
    tableTo = to;
  }

  boolean isTabled(int at) {
    return at >= tableFrom && at < tableTo;
  }

  /// {@return the line around `at`, read as a heading}
  TableRow heading(int at) {
    if (at < heading.from() || at >= heading.next()) {
      heading = TableRow.heading(text, at);
      headingColumns = 0;
      spend(2 * (heading.next() - heading.from()));
    }
    return heading;
  }

  /// {@return whether not too many columns of the table were read}
  boolean mayReadColumn() {
    return headingColumns++ < COLUMNS;
  }

  /// {@return whether lines below a name that start at `at` were not read for another name yet}
  boolean mayReadBelow(int at) {
    return at >= below;
  }

  /// Says that lines below a name were read to `end`.
  void below(int end) {
    below = Math.max(below, end);
  }

  void spend(int work) {
    effort.spend(work);
  }

  /// Reports the stretch of the reading, as the piece of the text that it stands for.
  void found(Rule rule, int from, int to) {
    if (to <= from) {
      return;
    }
    int start = text.from(from);
    int end = text.to(to - 1);
    for (int i = from; i < to; i++) {
      start = Math.min(start, text.from(i));
      end = Math.max(end, text.to(i));
    }
    if (end > start) {
      found.accept(new Found(start, end, rule.id(), rule.type()));
    }
  }
}
