package dev.keyward.redaction.rules;

import dev.keyward.redaction.exact.View;

/// Finds secrets in URLs: the password before the host, and parameters that sign or open.
final class UrlMatcher implements Matcher {
  private static final int USERINFO = 512;

  private final Rule rule;

  UrlMatcher(Rule rule) {
    this.rule = rule;
  }

  @Override
  public boolean mayMatch(View text, int from, int to) {
    return text.at(from) == ':' || isParameter(text, from, to);
  }

  @Override
  public void match(Scan scan, int from, int to) {
    if (scan.text().at(from) == ':') {
      userinfo(scan, to);
    } else {
      parameter(scan, from, to);
    }
  }

  private void userinfo(Scan scan, int start) {
    View text = scan.text();
    int colon = -1;
    int at = -1;
    int k = start;
    for (; k < start + USERINFO && k < text.length(); k++) {
      char c = text.at(k);
      if (c == '@') {
        at = k;
      } else if (c == ':' && colon < 0 && at < 0) {
        colon = k;
      } else if (endsAuthority(c)) {
        break;
      }
    }
    scan.spend(k - start);
    if (at < 0) {
      return;
    }
    int from = colon < 0 || colon > at ? start : colon + 1;
    Assignment read = scan.assignment();
    boolean pair = from > start;
    boolean opens =
        read.bare(from, at)
            && (pair ? SecretValue.isOpen(text, from, at) : SecretValue.RANDOM.admits(text, read));
    if (opens) {
      scan.found(rule, from, at);
    }
  }

  private static boolean endsAuthority(char c) {
    return c <= ' ' || c == '/' || c == '?' || c == '"' || c == '\'' || c == '<' || c == '>'
        || c == '`' || c == '\\';
  }

  private void parameter(Scan scan, int from, int to) {
    View text = scan.text();
    if (!isParameter(text, from, to)) {
      return;
    }
    int end = to + 1;
    while (end < text.length() && end - to < Assignment.LONGEST && isValue(text.at(end))) {
      end++;
    }
    scan.spend(end - to);
    Assignment read = scan.assignment();
    if (read.bare(to + 1, end)
        && (rule.value() == SecretValue.PASSWORD
            ? SecretValue.isOpen(text, to + 1, end)
            : rule.value().admits(text, read))) {
      scan.found(rule, to + 1, end);
    }
  }

  private static boolean isParameter(View text, int from, int to) {
    char before = text.at(from - 1);
    return text.at(to) == '=' && (before == '?' || before == '&' || before == ';' || before == '#');
  }

  private static boolean isValue(char c) {
    return c > ' ' && c != '&' && c != '"' && c != '\'' && c != '<' && c != '>' && c != '#'
        && c != '`' && c != '\\' && c != ')' && c != ']' && c != '}' && c != ',' && c != ';'
        && c != '|';
  }
}
