package dev.keyward.redaction.rules;

import dev.keyward.redaction.exact.View;

/// Finds secrets in headers: what follows an authorization scheme, and cookies.
final class HeaderMatcher implements Matcher {
  private static final int COOKIES = 32;

  private final Rule rule;

  HeaderMatcher(Rule rule) {
    this.rule = rule;
  }

  @Override
  public void match(Scan scan, int from, int to) {
    if (rule.shape().isPresent()) {
      scheme(scan, from, to);
    } else {
      cookies(scan, from, to);
    }
  }

  /// `Bearer …`, wherever it stands.
  private void scheme(Scan scan, int from, int to) {
    View text = scan.text();
    if (Shape.isLetterOrDigit(text.at(from - 1))) {
      return;
    }
    int start = to;
    while (start < to + 4
        && (text.at(start) == ' ' || text.at(start) == ':' || text.at(start) == '"')) {
      start++;
    }
    start = afterMark(text, start);
    int end = start > to ? rule.shape().orElseThrow().end(text, start) : -1;
    if (end < 0) {
      return;
    }
    while (text.at(end) == '=') {
      end++;
    }
    scan.spend(end - start);
    Assignment read = scan.assignment();
    boolean open =
        rule.checksum().decides()
            ? rule.checksum().holds(text.text(start, end))
            : read.bare(start, end) && SecretValue.SECRET.admits(text, read);
    if (open) {
      scan.found(rule, start, end);
    }
  }

  /// Somebody may have put a mark in front, or over a part of it.
  private static int afterMark(View text, int at) {
    int k = at;
    while (k < at + 24
        && (text.at(k) == '*'
            || text.at(k) == '['
            || text.at(k) == ']'
            || (k > at && Character.isUpperCase(text.at(k)) && text.at(at) == '*'))) {
      k++;
    }
    while (k > at && Character.isUpperCase(text.at(k - 1))) {
      k--;
    }
    return k;
  }

  /// `Cookie: a=…; b=…`: those whose value looks random.
  private void cookies(Scan scan, int from, int to) {
    View text = scan.text();
    int at = to;
    while (at < to + 6 && "\"': \\".indexOf(text.at(at)) >= 0) {
      at++;
    }
    if (at == to || Shape.isLetterOrDigit(text.at(from - 1))) {
      return;
    }
    for (int count = 0; count < COOKIES; count++) {
      int equals = at;
      while (equals - at < 64 && Assignment.isName(text.at(equals))) {
        equals++;
      }
      if (equals == at || text.at(equals) != '=') {
        return;
      }
      int end = equals + 1;
      while (end < text.length() && end - equals < Assignment.LONGEST && isCookie(text.at(end))) {
        end++;
      }
      scan.spend(end - at);
      Assignment read = scan.assignment();
      if (read.bare(equals + 1, end) && SecretValue.RANDOM.admits(text, read)) {
        scan.found(rule, equals + 1, end);
      }
      at = end;
      while (at < end + 3 && (text.at(at) == ';' || text.at(at) == ' ')) {
        at++;
      }
      if (at == end) {
        return;
      }
    }
  }

  private static boolean isCookie(char c) {
    return c > ' ' && c != ';' && c != '"' && c != '\'' && c != '\\' && c != '<';
  }
}
