package dev.keyward.redaction.rules;

import dev.keyward.redaction.exact.View;

/// Reads a column under a heading: of a table in Markdown or drawn with bars, of CSV with its
/// quotation marks, of values apart by tabs, or by spaces as command lines print them.
final class Table {
  private final Scan scan;
  private final View text;
  private final Rule rule;
  private final int from;
  private final int to;

  /// The word that means a secret is from `from` to before `to`.
  Table(Scan scan, Rule rule, int from, int to) {
    this.scan = scan;
    this.text = scan.text();
    this.rule = rule;
    this.from = from;
    this.to = to;
  }

  /// Reports what stands below the word in at most `rows` lines, if it is in the heading of a
  /// column.
  ///
  /// @return whether anything was reported
  boolean columns(int rows) {
    if (!TableRow.mayBeCell(text, to) || scan.isTabled(from)) {
      return false;
    }
    TableRow heading = scan.heading(from);
    int column = heading.cellAt(from);
    if (column < 0 || !names(heading, column) || !scan.mayReadColumn()) {
      return false;
    }
    var row = new TableRow(text, heading.separator());
    boolean any = false;
    int at = heading.next();
    int first = at;
    for (int count = 0; count < rows && at < text.length(); count++) {
      row.read(at, heading);
      scan.spend(row.next() - at);
      if (!row.isRule()) {
        if (row.cells() != heading.cells()) {
          break;
        }
        any |= cell(row, column);
      }
      at = row.next();
    }
    scan.table(first, at);
    return any;
  }

  private boolean names(TableRow heading, int column) {
    int start = heading.start(column);
    int end = heading.end(column);
    return SecretName.means(text, start, from, to, end, rule.glued());
  }

  private boolean cell(TableRow row, int column) {
    Assignment read = scan.assignment();
    boolean secret =
        read.cell(row.start(column), row.end(column), row.isAligned())
            && rule.value().admits(text, read);
    if (secret) {
      scan.found(rule, read.start(), read.end());
    }
    return secret;
  }
}
