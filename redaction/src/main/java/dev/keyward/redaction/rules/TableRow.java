package dev.keyward.redaction.rules;

import dev.keyward.redaction.exact.View;
import java.util.Arrays;

/// One line of a table, in cells.
///
/// One object reads many, one after another. Not safe for threads.
final class TableRow {
  /// Between the columns of what command lines print: two spaces or more.
  static final char SPACES = ' ';

  private static final char[] SEPARATORS = {'|', '│', '║', '┃', '\t', ',', ';', SPACES};
  private static final int LINE = 4096;
  private static final int CELLS = 256;
  private static final int NAME = 64;
  private static final int WORDS = 6;

  private final View text;
  private char separator;
  private int from;
  private int next;
  private int cells;
  private int[] starts = new int[16];
  private int[] ends = new int[16];

  /// Reads rows whose cells are apart by `separator`.
  TableRow(View text, char separator) {
    this.text = text;
    this.separator = separator;
  }

  /// {@return the line around `at` as a heading; without cells if it cannot be one}
  static TableRow heading(View text, int at) {
    var row = new TableRow(text, SPACES);
    int start = at;
    while (start > 0 && at - start < LINE && !Assignment.isBreak(text.at(start - 1))) {
      start--;
    }
    int end = row.lineEnd(at);
    row.from = start;
    row.next = end;
    if (start > 0 && !Assignment.isBreak(text.at(start - 1))) {
      return row;
    }
    for (char separator : SEPARATORS) {
      row.separator = separator;
      row.read(start, row);
      if (row.cells > 1 && row.areNames()) {
        row.cells = row.isFirst() ? row.cells : 0;
        return row;
      }
    }
    row.cells = 0;
    return row;
  }

  /// {@return whether a separator or line end follows the word that ends at `to` and its like}
  static boolean mayBeCell(View text, int to) {
    int k = to;
    while (k - to < NAME
        && (Assignment.isName(text.at(k)) || " )(\"*`'".indexOf(text.at(k)) >= 0)) {
      k++;
    }
    char c = text.at(k);
    return c == 0 || Assignment.isBreak(c) || (c != SPACES && isSeparator(c)) || gapIn(text, to, k);
  }

  private static boolean isSeparator(char c) {
    for (char separator : SEPARATORS) {
      if (c == separator) {
        return true;
      }
    }
    return false;
  }

  private static boolean gapIn(View text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.at(i) == ' ' && text.at(i + 1) == ' ') {
        return true;
      }
    }
    return false;
  }

  char separator() {
    return separator;
  }

  boolean isAligned() {
    return separator == SPACES;
  }

  int from() {
    return from;
  }

  /// {@return where the next line starts}
  int next() {
    return next;
  }

  int cells() {
    return cells;
  }

  int start(int cell) {
    return starts[cell];
  }

  int end(int cell) {
    return ends[cell];
  }

  /// {@return the number of the cell in which `at` is, or -1}
  int cellAt(int at) {
    for (int i = 0; i < cells; i++) {
      if (at >= starts[i] && at < ends[i]) {
        return i;
      }
    }
    return -1;
  }

  /// Reads the line that starts at `at`; where spaces part columns, they are as wide as those of
  /// `heading`.
  void read(int at, TableRow heading) {
    from = at;
    boolean own = heading == this;
    if (isAligned() && !own) {
      aligned(heading);
      return;
    }
    cells = 0;
    int end = lineEnd(at);
    int k = at;
    int start = at;
    boolean quotes = separator == ',' || separator == ';' || separator == '\t';
    while (k <= end) {
      if (quotes && k < end && text.at(k) == '"' && isBlank(start, k)) {
        k = afterQuotes(k + 1);
        end = lineEnd(k);
        continue;
      }
      int gap = k >= end ? 1 : gap(k, end);
      if (gap > 0) {
        add(start, Math.min(k, end));
        start = k + gap;
      }
      if (k >= end) {
        break;
      }
      k += Math.max(1, gap);
    }
    withoutOuterBars();
    next = afterBreak(end);
  }

  private void aligned(TableRow heading) {
    int end = lineEnd(from);
    cells = 0;
    for (int i = 0; i < heading.cells; i++) {
      int start = from + heading.starts[i] - heading.from;
      int stop = i + 1 < heading.cells ? from + heading.starts[i + 1] - heading.from : end;
      boolean fits = start < end && (i == 0 || text.at(start - 1) == ' ');
      if (fits || start >= end) {
        add(Math.min(start, end), Math.min(stop, end));
      }
    }
    next = afterBreak(end);
  }

  /// {@return whether the line before is no row of the same table}
  private boolean isFirst() {
    int end = from - 1;
    end -= end > 0 && text.at(end) == '\n' && text.at(end - 1) == '\r' ? 1 : 0;
    int start = end;
    while (start > 0 && end - start < LINE && !Assignment.isBreak(text.at(start - 1))) {
      start--;
    }
    if (end <= start) {
      return true;
    }
    var before = new TableRow(text, separator);
    before.read(start, before);
    return before.cells != cells;
  }

  private int gap(int at, int end) {
    if (!isAligned()) {
      return text.at(at) == separator ? 1 : 0;
    }
    int k = at;
    while (k < end && text.at(k) == ' ') {
      k++;
    }
    return k - at >= 2 ? k - at : 0;
  }

  private void add(int start, int end) {
    if (cells < 0 || cells == CELLS) {
      cells = -1; // too many to be a table
      return;
    }
    if (cells == starts.length) {
      starts = Arrays.copyOf(starts, 2 * cells);
      ends = Arrays.copyOf(ends, 2 * cells);
    }
    starts[cells] = start;
    ends[cells++] = end;
  }

  /// `| a | b |` has two cells, not four.
  private void withoutOuterBars() {
    boolean bars = separator == '|' || separator > 127;
    if (bars && cells > 1 && isBlank(starts[cells - 1], ends[cells - 1])) {
      cells--;
    }
    if (bars && cells > 1 && isBlank(starts[0], ends[0])) {
      System.arraycopy(starts, 1, starts, 0, --cells);
      System.arraycopy(ends, 1, ends, 0, cells);
    }
  }

  private int afterQuotes(int at) {
    int limit = Math.min(text.length(), at + Assignment.LONGEST);
    for (int k = at; k < limit; k++) {
      if (text.at(k) == '"') {
        if (text.at(k + 1) != '"') {
          return k + 1;
        }
        k++;
      }
    }
    return at;
  }

  private int lineEnd(int at) {
    int k = at;
    while (k < text.length() && k - at < LINE && !Assignment.isBreak(text.at(k))) {
      k++;
    }
    return k;
  }

  private int afterBreak(int lineEnd) {
    int k = lineEnd;
    k += text.at(k) == '\r' ? 1 : 0;
    return text.at(k) == '\n' ? k + 1 : k;
  }

  private boolean isBlank(int start, int end) {
    for (int i = start; i < end; i++) {
      if (text.at(i) != ' ') {
        return false;
      }
    }
    return true;
  }

  /// {@return whether it is a line between rows}
  boolean isRule() {
    for (int i = from; i < next; i++) {
      char c = text.at(i);
      if ("-=+|: \r\n,;\t".indexOf(c) < 0 && (c < '─' || c > '╿')) {
        return false;
      }
    }
    return true;
  }

  /// Headings are words, not values.
  private boolean areNames() {
    int named = 0;
    for (int i = 0; i < cells; i++) {
      int words = words(starts[i], ends[i]);
      if (words < 0 || words > WORDS) {
        return false;
      }
      named += words > 0 ? 1 : 0;
    }
    return named > 1;
  }

  /// {@return how many words the stretch has; -1 if it is no name}
  private int words(int start, int end) {
    int first = start;
    int last = end;
    while (first < last && (text.at(first) == ' ' || isMark(text.at(first)))) {
      first++;
    }
    while (last > first && (text.at(last - 1) == ' ' || isMark(text.at(last - 1)))) {
      last--;
    }
    if (first == last) {
      return 0;
    }
    if (last - first > NAME || !(Assignment.isWord(text.at(first)) || text.at(first) == '#')) {
      return -1;
    }
    int words = 1;
    for (int i = first; i < last; i++) {
      char c = text.at(i);
      if (!Assignment.isName(c) && " /()#%&+?".indexOf(c) < 0) {
        return -1;
      }
      words += c == ' ' && text.at(i - 1) != ' ' ? 1 : 0;
    }
    return words;
  }

  private static boolean isMark(char c) {
    return c == '"' || c == '*' || c == '`' || c == '\'';
  }
}
