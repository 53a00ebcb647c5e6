package dev.keyward.redaction.rules;

import dev.keyward.redaction.exact.View;

/// Reads a column under a heading: of a table in Markdown or drawn with bars, of CSV, of values
/// apart by tabs.
final class Table {
  private static final int LINE = 512;
  private static final int CELLS = 32;

  private final Scan scan;
  private final View text;
  private final Rule rule;
  private final int nameStart;
  private final int nameEnd;

  Table(Scan scan, Rule rule, int nameStart, int nameEnd) {
    this.scan = scan;
    this.text = scan.text();
    this.rule = rule;
    this.nameStart = nameStart;
    this.nameEnd = nameEnd;
  }

  /// Reports what stands below the name in at most `rows` lines, if the name is the heading of a
  /// column.
  void columns(int rows) {
    char bar = bar();
    if (bar == 0) {
      return;
    }
    if (scan.isTabled(nameStart)) {
      return;
    }
    int lineStart = lineStart(nameStart);
    int lineEnd = lineEnd(nameEnd);
    scan.spend(lineEnd - lineStart);
    int column = count(lineStart, nameStart, bar);
    int bars = count(lineStart, lineEnd, bar);
    if (bars == 0 || bars > CELLS || !isHeading(lineStart, lineEnd, bar)) {
      return;
    }
    int at = next(lineEnd);
    int first = at;
    for (int row = 0; row < rows && at < text.length(); row++) {
      scan.table(first, at);
      int end = lineEnd(at);
      scan.spend(end - at + 1);
      boolean rule = isRule(at, end);
      if (!rule && count(at, end, bar) != bars) {
        return;
      }
      if (!rule) {
        cell(at, end, bar, column);
      }
      at = next(end);
    }
  }

  private char bar() {
    char after = text.at(skip(nameEnd, 1));
    char before = text.at(skip(nameStart - 1, -1));
    for (char bar : new char[] {'|', ',', '\t', ';'}) {
      if ((after == bar || after == 0 || Assignment.isBreak(after))
          && (before == bar || before == 0 || Assignment.isBreak(before))
          && (after == bar || before == bar)) {
        return bar;
      }
    }
    return 0;
  }

  private int skip(int from, int step) {
    int k = from;
    while (Math.abs(k - from) < 32
        && (text.at(k) == ' ' || text.at(k) == '"' || text.at(k) == '*')) {
      k += step;
    }
    return k;
  }

  private int lineStart(int from) {
    int k = from;
    while (k > 0 && from - k < LINE && !Assignment.isBreak(text.at(k - 1))) {
      k--;
    }
    return k;
  }

  private int lineEnd(int from) {
    int k = from;
    while (k < text.length() && k - from < LINE && !Assignment.isBreak(text.at(k))) {
      k++;
    }
    return k;
  }

  private int next(int lineEnd) {
    int k = lineEnd;
    k += text.at(k) == '\r' ? 1 : 0;
    return text.at(k) == '\n' ? k + 1 : k == lineEnd ? text.length() : k;
  }

  private int count(int from, int to, char bar) {
    int count = 0;
    for (int i = from; i < to; i++) {
      count += text.at(i) == bar ? 1 : 0;
    }
    return count;
  }

  /// Headings are words, not values.
  private boolean isHeading(int from, int to, char bar) {
    int cells = 0;
    for (int i = from; i < to; i++) {
      char c = text.at(i);
      boolean starts =
          Assignment.isWord(c) && !Assignment.isName(text.at(i - 1)) && text.at(i - 1) != ' ';
      cells += starts || (Assignment.isWord(c) && text.at(skip(i - 1, -1)) == bar) ? 1 : 0;
      if (c != bar
          && c != ' '
          && c != '"'
          && c != '*'
          && c != '/'
          && c != '('
          && c != ')'
          && !Assignment.isName(c)) {
        return false;
      }
    }
    return cells > 1;
  }

  private boolean isRule(int from, int to) {
    for (int i = from; i < to; i++) {
      if ("-=+|: ".indexOf(text.at(i)) < 0) {
        return false;
      }
    }
    return to > from;
  }

  private void cell(int from, int to, char bar, int column) {
    int start = from;
    for (int skipped = 0; skipped < column && start < to; start++) {
      skipped += text.at(start) == bar ? 1 : 0;
    }
    Assignment read = scan.assignment();
    int stop = start;
    while (stop < to && text.at(stop) != bar) {
      stop++;
    }
    if (read.cell(start, stop) && rule.value().admits(text, read)) {
      scan.found(rule, read.start(), read.end());
    }
  }
}
