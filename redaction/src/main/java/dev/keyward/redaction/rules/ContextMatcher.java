package dev.keyward.redaction.rules;

import dev.keyward.redaction.exact.View;

/// Finds the value of what a keyword names: of any look if the name says that it is a secret, else
/// of the vendor's shape.
final class ContextMatcher implements Matcher {
  private static final int ROWS = 100_000;
  private static final int TAIL = 128;

  private final Rule rule;

  ContextMatcher(Rule rule) {
    this.rule = rule;
  }

  @Override
  public void match(Scan scan, int from, int to) {
    View text = scan.text();
    Assignment read = scan.assignment();
    scan.spend(4);
    if (rule.shape().isPresent()) {
      shaped(scan, from, to);
      return;
    }
    if (scan.isCovered(from) || !SecretName.mayMean(text, from, to, rule.glued())) {
      return;
    }
    boolean any = read.read(from, to);
    scan.spend(read.nameEnd() - read.nameStart());
    if (!SecretName.means(text, read.nameStart(), from, to, read.nameEnd(), rule.glued())) {
      return;
    }
    boolean call = any && read.join() == Assignment.Join.CALL; // or cells of CSV
    if (any && !call && judged(scan, read)) {
      new Below(scan, rule).rest(read);
      return;
    }
    if (pair(scan, from, to)
        || new Table(scan, rule, from, to).columns(ROWS)
        || (call && read.read(from, to) && judged(scan, read))
        || (rule.value() == SecretValue.SECRET && tail(scan, to))) {
      return;
    }
    new Below(scan, rule).values(from, to);
  }

  private boolean judged(Scan scan, Assignment read) {
    scan.spend(64);
    if (!scan.isWorthJudging(read) || !rule.value().admits(scan.text(), read)) {
      return false;
    }
    scan.found(rule, read.start(), read.end());
    scan.cover(read.end());
    return true;
  }

  /// `name: password` beside `value: …`, in either order.
  private boolean pair(Scan scan, int from, int to) {
    var pair = new Pair(scan.text());
    scan.spend(8);
    int name = pair.nameOf(from, to);
    if (name < 0) {
      return false;
    }
    scan.spend(Pair.REACH);
    Assignment read = scan.assignment();
    int after = pair.valueAfter(to);
    int at = after >= 0 ? after : pair.valueBefore(name);
    return at >= 0 && read.value(at, Assignment.Join.COLON) && judged(scan, read);
  }

  /// `token-0f3a…`: the value is the rest of the name.
  private boolean tail(Scan scan, int to) {
    View text = scan.text();
    if (text.at(to) != '-' && text.at(to) != '.') {
      return false;
    }
    int end = to + 1;
    while (end - to < TAIL && Assignment.isName(text.at(end))) {
      end++;
    }
    boolean random =
        end - to > 16
            && scan.assignment().bare(to + 1, end)
            && SecretValue.RANDOM.admits(text, scan.assignment());
    if (random) {
      scan.found(rule, to + 1, end);
    }
    return random;
  }

  /// A vendor's name, and within the same assignment or just after it a value of that shape.
  private void shaped(Scan scan, int from, int to) {
    View text = scan.text();
    Assignment read = scan.assignment();
    Shape shape = rule.shape().orElseThrow();
    if (Shape.isLetterOrDigit(text.at(from - 1))
        && Character.isLowerCase(text.at(from))
        && Character.isLowerCase(text.at(from - 1))) {
      return;
    }
    for (int turn = 0, word = to; turn < 3; turn++) {
      boolean any = read.read(turn == 0 ? from : word, word);
      scan.spend(32);
      if (!any) {
        return;
      }
      int end = shape.end(text, read.start());
      if (end > 0 && !shape.goesOn(text, end) && genuine(text, read.start(), end)) {
        scan.found(rule, read.start(), end);
        return;
      }
      if (read.join() != Assignment.Join.SPACE || read.end() - read.start() > 24) {
        return;
      }
      word = read.end();
    }
  }

  private boolean genuine(View text, int start, int end) {
    if (rule.checksum() != Checksum.NONE && rule.checksum().decides()) {
      return rule.checksum().holds(text.text(start, end));
    }
    return SecretValue.distinct(text, start, end) >= rule.distinct()
        && !rule.exempt().contains(text.text(start, end));
  }

  /// Looks at all of the text as the value of the field `name`, in which the keyword stands.
  void value(Scan scan, View name, int from, int to) {
    View text = scan.text();
    Assignment read = scan.assignment();
    if (!read.whole()) {
      return;
    }
    boolean secret;
    if (rule.shape().isPresent()) {
      int end = rule.shape().get().end(text, read.start());
      secret = end == read.end() && genuine(text, read.start(), end);
    } else {
      secret =
          SecretName.means(name, 0, from, to, name.length(), rule.glued())
              && rule.value().admits(text, read);
    }
    if (secret) {
      scan.found(rule, read.start(), read.end());
    }
  }

  /// Looks at all of the text as one of the values of `name`, if that means many.
  void valueOfMany(Scan scan, View name, int from, int to) {
    View text = scan.text();
    Assignment read = scan.assignment();
    if (rule.shape().isEmpty()
        && Below.isMany(name, from, to)
        && read.cell(0, text.length(), true)
        && SecretName.means(name, 0, from, to, name.length(), rule.glued())
        && rule.value().admits(text, read)) {
      scan.found(rule, read.start(), read.end());
    }
  }
}
