package dev.keyward.redaction.rules;

import dev.keyward.redaction.exact.View;

/// Finds blocks: private keys in PEM and its relatives, PuTTY's, JSON Web Keys, the data of a
/// Kubernetes Secret, lists of recovery codes.
final class BlockMatcher implements Matcher {
  private static final int LONGEST = 32 << 10;
  private static final int LINE = 128;
  private static final int WINDOW = 512;
  private static final int NEAR = 96;

  private final Rule rule;

  BlockMatcher(Rule rule) {
    this.rule = rule;
  }

  @Override
  public void match(Scan scan, int from, int to) {
    if (scan.isBlocked(from)) {
      return;
    }
    switch (scan.text().at(from)) {
      case '-' -> pem(scan, from, to);
      case 'P', 'p' -> putty(scan, to);
      case '"' -> jwk(scan, from, to);
      case 'k', 'K' -> kubernetes(scan, to);
      default -> codes(scan, from, to);
    }
  }

  private void pem(Scan scan, int from, int to) {
    View text = scan.text();
    int label = to;
    while (label - to < LINE && text.at(label) != '-' && text.at(label) >= ' ') {
      label++;
    }
    if (!text.text(to, Math.min(label, text.length())).contains("PRIVATE KEY")) {
      return;
    }
    int limit = Math.min(text.length(), from + LONGEST);
    int end = label;
    while (end < limit && !ends(text, end)) {
      end++;
    }
    scan.spend(end - from);
    scan.block(end);
    if (end < limit) {
      end += 9;
      while (end < limit && end < text.length() && text.at(end) != '-' && text.at(end) >= ' ') {
        end++;
      }
      while (end < text.length() && text.at(end) == '-') {
        end++;
      }
      scan.found(rule, from, end);
    } else {
      open(scan, from, label);
    }
  }

  private static boolean ends(View text, int at) {
    return text.at(at) == '-'
        && text.at(at + 1) == '-'
        && text.at(at + 2) == '-'
        && text.at(at + 5) == 'E'
        && text.at(at + 6) == 'N'
        && text.at(at + 7) == 'D'
        && text.at(at + 8) == ' ';
  }

  /// A block that was cut off goes as far as it looks like one.
  private void open(Scan scan, int from, int label) {
    View text = scan.text();
    int end = label;
    int limit = Math.min(text.length(), from + LONGEST);
    while (end < limit
        && (Shape.isLetterOrDigit(text.at(end)) || "-+/=\r\n \\\"',:".indexOf(text.at(end)) >= 0)) {
      end++;
    }
    if (end - label > 40) {
      scan.found(rule, from, end);
    }
  }

  private void putty(Scan scan, int to) {
    View text = scan.text();
    int start = to;
    while (text.at(start) == ' ' || (text.at(start) >= '0' && text.at(start) <= '9')) {
      start++;
    }
    int end = start;
    int limit = Math.min(text.length(), start + LONGEST);
    while (end < limit
        && (Shape.isLetterOrDigit(text.at(end)) || "+/=\r\n".indexOf(text.at(end)) >= 0)
        && !(text.at(end) == 'P' && text.at(end + 7) == '-' && text.at(end + 8) == 'M')) {
      end++;
    }
    scan.spend(end - to);
    scan.block(end);
    if (end - start > 40) {
      scan.found(rule, start, end);
    }
  }

  /// The private members beside `"kty"`.
  private void jwk(Scan scan, int from, int to) {
    View text = scan.text();
    int limit = Math.min(text.length(), to + Assignment.LONGEST);
    int start = Math.max(0, from - Assignment.LONGEST);
    while (start < from && text.at(from - 1) != '{') {
      from--;
    }
    scan.spend(limit - from);
    for (int i = from; i < limit && text.at(i) != '}'; i++) {
      scan.block(i);
      if (text.at(i) == '"' && text.at(i - 1) != '\\') {
        int close = i + 1;
        while (close < i + 4 && Shape.isLetterOrDigit(text.at(close))) {
          close++;
        }
        String name = text.text(i + 1, close);
        boolean secret =
            switch (name) {
              case "d", "p", "q", "dp", "dq", "qi", "k" -> text.at(close) == '"';
              default -> false;
            };
        Assignment read = scan.assignment();
        if (secret && read.read(i + 1, close) && read.end() - read.start() >= 16) {
          scan.found(rule, read.start(), read.end());
        }
      }
    }
  }

  /// `data:` of a manifest: all its values.
  private void kubernetes(Scan scan, int to) {
    View text = scan.text();
    int limit = Math.min(text.length(), to + LONGEST);
    int indent = -1;
    int at = document(text, to);
    while (at < limit) {
      int first = at;
      while (text.at(first) == ' ' || text.at(first) == '\t') {
        first++;
      }
      int end = line(text, at, limit);
      scan.spend(end - at);
      scan.block(end);
      if (text.at(first) == '-' && text.at(first + 1) == '-' && at > to) {
        return;
      }
      String start = text.text(first, Math.min(limit, first + 11));
      if (start.startsWith("data:") || start.startsWith("stringData:")) {
        indent = first - at;
      } else if (indent >= 0 && first - at <= indent && text.at(first) >= ' ') {
        indent = -1;
      } else if (indent >= 0) {
        entry(scan, first, end);
      }
      at = end;
    }
  }

  /// {@return where the document starts in which `at` is}
  private static int document(View text, int at) {
    int k = at;
    int first = Math.max(0, at - LONGEST / 4);
    while (k > first && !(text.at(k) == '-' && text.at(k - 1) == '-' && text.at(k - 2) == '-')) {
      k--;
    }
    return k > first ? k + 1 : first;
  }

  private void entry(Scan scan, int first, int end) {
    View text = scan.text();
    int colon = first;
    while (colon < end && Assignment.isName(text.at(colon))) {
      colon++;
    }
    Assignment read = scan.assignment();
    if (colon > first
        && text.at(colon) == ':'
        && read.value(colon + 1, Assignment.Join.COLON)
        && read.end() <= end
        && SecretValue.isOpen(text, read.start(), read.end())) {
      scan.found(rule, read.start(), read.end());
    }
  }

  private static int line(View text, int from, int limit) {
    int at = from;
    while (at < limit && text.at(at) != '\n') {
      at++;
    }
    return Math.min(limit, at + 1);
  }

  /// Lines of codes under a heading.
  private void codes(Scan scan, int from, int to) {
    View text = scan.text();
    if (Shape.isLetterOrDigit(text.at(from - 1))) {
      return;
    }
    int limit = Math.min(text.length(), to + (rule.vendor().isEmpty() ? WINDOW : NEAR));
    scan.spend(limit - to);
    scan.block(rule.vendor().isEmpty() ? limit : to);
    Shape shape = rule.shape().orElseThrow();
    for (int i = to; i < limit; i++) {
      if (Shape.isLetterOrDigit(text.at(i))
          && !Shape.isLetterOrDigit(text.at(i - 1))
          && text.at(i - 1) != '-') {
        int end = shape.end(text, i);
        if (end > 0
            && !shape.goesOn(text, end)
            && text.at(end) != '-'
            && Wordy.isRandom(text, i, end)) {
          scan.found(rule, i, end);
          i = end;
        }
      }
    }
  }
}
