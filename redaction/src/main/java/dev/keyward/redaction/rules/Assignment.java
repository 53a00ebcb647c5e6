package dev.keyward.redaction.rules;

import dev.keyward.redaction.exact.View;

/// Reads `name = value` around a word, in the ways in which code, settings, logs, command lines,
/// tables, tags and prose write it.
///
/// One object reads many, one after another; each reading looks at no more than some hundred
/// characters beside the value, and at [#LONGEST] of the value. Not safe for threads.
final class Assignment {
  /// The longest value, in characters.
  static final int LONGEST = 4096;

  private static final int NAME = 64;
  private static final int SPACES = 24;
  private static final int TURNS = 3;
  private static final String[] COPULAS = {
    "is", "was", "are", "ist", "lautet", "est", "es", "era", "é", "è", "to", "jest", "är", "er",
    "being", "equals", "set to", "是", "为", "は"
  };
  private static final String[] SCHEMES = {
    "bearer ", "basic ", "token ", "apikey ", "bot ", "negotiate ", "ntlm ", "digest "
  };

  /// How name and value are joined.
  enum Join {
    /// `=`, `=>`, `:=` and their like.
    EQUALS,
    /// `:`
    COLON,
    /// `("name", "value")` and `name("value")`.
    CALL,
    /// `<name>value</name>`, and `name="x" value="y"`.
    TAG,
    /// `--name value`, `name value`.
    SPACE,
    /// `the name is value`.
    PROSE,
    /// A colon, and the value on the next line.
    NEXT_LINE
  }

  private final View text;
  private int nameStart;
  private int nameEnd;
  private int start;
  private int end;
  private boolean quoted;
  private Join join = Join.EQUALS;
  private char openQuote; // of which none closes between openFrom and openTo
  private int openFrom;
  private int openTo;
  private int bareFrom; // nothing that ends a bare value from here to bareTo
  private int bareTo;

  Assignment(View text) {
    this.text = text;
  }

  int nameStart() {
    return nameStart;
  }

  int nameEnd() {
    return nameEnd;
  }

  int start() {
    return start;
  }

  int end() {
    return end;
  }

  boolean quoted() {
    return quoted;
  }

  Join join() {
    return join;
  }

  /// Reads what surrounds the word from `from` to before `to`.
  ///
  /// @return whether a value was found; only then the accessors mean something
  boolean read(int from, int to) {
    nameStart = from;
    while (from - nameStart < NAME && isName(text.at(nameStart - 1))) {
      nameStart--;
    }
    nameEnd = to;
    while (nameEnd - to < NAME && isName(text.at(nameEnd))) {
      nameEnd++;
    }
    while (nameEnd > to && !isWord(text.at(nameEnd - 1))) {
      nameEnd--;
    }
    int after = closers(nameEnd);
    boolean closed = after > nameEnd;
    int at = spaces(after);
    return joined(after, at, closed) && found();
  }

  /// Reads the value that starts at `at` and that `how` joins to a name.
  boolean value(int at, Join how) {
    join = how;
    start = at;
    return found();
  }

  /// Takes all of the text as a value.
  boolean whole() {
    quoted = true;
    join = Join.COLON;
    start = 0;
    scheme();
    end = text.length();
    while (end > start && Character.isWhitespace(text.at(end - 1))) {
      end--;
    }
    return end > start;
  }

  /// Takes the stretch as a value that stands bare.
  boolean bare(int from, int to) {
    quoted = true;
    join = Join.EQUALS;
    start = from;
    end = to;
    return to > from;
  }

  /// Takes what is in a cell, without its white space and quotation marks.
  ///
  /// @param aligned whether only its place says that it is one, so that it must look like a secret
  boolean cell(int from, int to, boolean aligned) {
    bare(from, to);
    join = aligned ? Join.NEXT_LINE : Join.EQUALS;
    while (start < end && (Character.isWhitespace(text.at(start)) || isQuote(text.at(start)))) {
      start++;
    }
    while (end > start && (Character.isWhitespace(text.at(end - 1)) || isQuote(text.at(end - 1)))) {
      end--;
    }
    return end > start;
  }

  /// Finds the join; then `start` is the place after it.
  private boolean joined(int after, int at, boolean closed) {
    char c = text.at(at);
    switch (c) {
      case '=' -> equals(at + 1);
      case ':', '：', '＝' -> {
        if (text.at(at + 1) == '/' && text.at(at + 2) == '/') {
          return false;
        }
        colon(at + 1);
      }
      case '?', '|', '.', '+', '-', '<', '–', '—' -> {
        return compound(at, c);
      }
      case ',' -> {
        join = Join.CALL;
        start = at + 1;
        return closed && isQuote(text.at(spaces(start)));
      }
      case '(' -> {
        join = Join.CALL;
        start = at + 1;
        return at == nameEnd && isQuote(text.at(spaces(start)));
      }
      case '>' -> {
        join = Join.TAG;
        start = at + 1;
        return closed || text.at(nameStart - 1) == '<' || text.at(nameStart - 1) == ':';
      }
      default -> {
        return attribute(at, closed) || spaced(after, at, closed);
      }
    }
    return true;
  }

  private void equals(int at) {
    join = Join.EQUALS;
    start = at;
    while (start < at + 2 && text.at(start) == '=') {
      start++;
    }
    start += text.at(start) == '>' || text.at(start) == '~' ? 1 : 0;
  }

  private void colon(int at) {
    join = Join.COLON;
    start = at;
    while (start < at + 2 && text.at(start) == ':') {
      start++;
    }
    while (start < at + 4 && text.at(start) == '*') { // **name:** value
      start++;
    }
    if (text.at(start) == '=') {
      join = Join.EQUALS;
      start++;
    }
  }

  private boolean compound(int at, char c) {
    char next = text.at(at + 1);
    if (c > 127 || (c == '-' && next == ' ')) { // name - value
      join = Join.PROSE;
      start = at + 1;
      return next == ' ' && text.at(at - 1) == ' ';
    }
    join = Join.EQUALS;
    if (next == '=' || (c == '-' && next == '>') || (c == '<' && next == '-')) {
      start = at + 2;
      return true;
    }
    if ((c == '|' || c == '?') && next == c && text.at(at + 2) == '=') {
      start = at + 3;
      return true;
    }
    if (c == '|' && Character.isWhitespace(next)) { // a cell beside
      join = Join.SPACE;
      start = at + 1;
      return text.at(before(nameStart)) == '|';
    }
    return false;
  }

  private int before(int at) {
    int k = at - 1;
    while (k > at - SPACES && (text.at(k) == ' ' || text.at(k) == '*')) {
      k--;
    }
    return k;
  }

  /// `name="password" value="…"`.
  private boolean attribute(int at, boolean closed) {
    if (!closed) {
      return false;
    }
    int k = at;
    while (k < at + 16 && isWord(text.at(k))) {
      k++;
    }
    boolean named = starts(at, "value") || starts(at, "content") || starts(at, "default");
    if (named && text.at(k) == '=') {
      join = Join.TAG;
      start = k + 1;
      return true;
    }
    return false;
  }

  private boolean spaced(int after, int at, boolean closed) {
    if (at == after) {
      return false;
    }
    for (String copula : COPULAS) {
      int k = at + copula.length();
      if (starts(at, copula)
          && (text.at(k) == ' ' || text.at(k) == ':' || copula.charAt(0) > 0x2e7f)) {
        join = Join.PROSE;
        start = text.at(spaces(k)) == ':' ? spaces(k) + 1 : k;
        return true;
      }
    }
    int typed = typed(at);
    if (typed > at) {
      equals(typed);
      return true;
    }
    join = Join.SPACE;
    start = at;
    return !closed || (text.at(at - 2) == '*' && isQuote(text.at(at))); // **name** `value`
  }

  /// {@return the place after `string =` as Go and others write it, or `at`}
  private int typed(int at) {
    int k = at;
    while (k < at + 16 && isWord(text.at(k))) {
      k++;
    }
    int sign = spaces(k);
    return k > at && sign > k && text.at(sign) == '=' && text.at(sign + 1) != '=' ? sign + 1 : at;
  }

  /// Finds the ends of the value after `start`.
  private boolean found() {
    boolean tag = join == Join.TAG && text.at(start - 1) == '>';
    start = spaces(start);
    if (tag && !isQuote(text.at(start))) {
      return untilTag();
    }
    if (isBreak(text.at(start))) {
      return nextLine();
    }
    unwrap();
    boolean any = ends();
    if (any && !quoted && join == Join.COLON) {
      int sign = spaces(end);
      if (text.at(sign) == '=' && isQuote(text.at(spaces(sign + 1)))) { // name: type = "value"
        join = Join.EQUALS;
        start = spaces(sign + 1);
        return ends();
      }
    }
    return any;
  }

  private boolean ends() {
    int slashes = start;
    while (slashes < start + 8 && text.at(slashes) == '\\') {
      slashes++;
    }
    if (isQuote(text.at(slashes))) {
      return inQuotes(slashes - start, text.at(slashes));
    }
    quoted = false;
    scheme();
    end = bareEnd(start);
    return end > start;
  }

  private boolean inQuotes(int slashes, char open) {
    char close = open == '“' ? '”' : open == '„' ? '“' : open == '«' ? '»' : open;
    int from = start + slashes + 1;
    boolean triple = text.at(from) == open && text.at(from + 1) == open;
    boolean twice = open == '`' && text.at(from) == open;
    from += triple ? 2 : twice ? 1 : 0;
    int stop = closing(from, slashes, close, triple || open == '`');
    start = from;
    quoted = stop >= 0;
    scheme();
    end = quoted ? stop : bareEnd(start);
    return end > start;
  }

  private int closing(int from, int slashes, char close, boolean lines) {
    if (close == openQuote && from >= openFrom && from < openTo) {
      return -1;
    }
    int limit = Math.min(text.length(), from + LONGEST);
    int run = 0;
    int k = from;
    for (; k < limit; k++) {
      char c = text.chars()[k];
      if (c == '\\') {
        run++;
        continue;
      }
      if (c == close && run <= slashes && run % 2 == slashes % 2) {
        return k - run;
      }
      if (isBreak(c) && !lines) {
        break;
      }
      run = 0;
    }
    openQuote = close;
    openFrom = from;
    openTo = k;
    return -1;
  }

  private void scheme() {
    for (String scheme : SCHEMES) {
      if (starts(start, scheme)) {
        start = spaces(start + scheme.length());
        return;
      }
    }
  }

  /// Passes over what code puts around a literal: calls, brackets, letters that mark a string.
  private void unwrap() {
    start = starts(start, "new ") ? spaces(start + 4) : start;
    for (int turn = 0; turn < TURNS; turn++) {
      int k = start;
      while (k < start + 40 && (isWord(text.at(k)) || text.at(k) == '.' || text.at(k) == ':')) {
        k++;
      }
      char c = text.at(k);
      int inner = spaces(k + 1);
      if ((c == '(' || c == '[' || c == '{') && isOpening(inner)) {
        start = inner;
      } else if (k - start <= 2 && k > start && isQuote(c)) {
        start = k;
      } else if (k == start && (c == '@' || c == '$') && isQuote(text.at(k + 1))) {
        start = k + 1;
      } else {
        return;
      }
    }
  }

  private boolean isOpening(int at) {
    return isQuote(text.at(at)) || (text.at(at) == '\\' && isQuote(text.at(at + 1)));
  }

  private boolean untilTag() {
    quoted = false;
    int k = start;
    int limit = Math.min(text.length(), start + LONGEST);
    while (k < limit && text.chars()[k] != '<') {
      k++;
    }
    int stop = k;
    while (start < stop && Character.isWhitespace(text.at(start))) {
      start++;
    }
    while (stop > start && Character.isWhitespace(text.at(stop - 1))) {
      stop--;
    }
    end = stop;
    return text.at(k) == '<' && end > start;
  }

  /// A value alone on the next line, further in than its name.
  private boolean nextLine() {
    if (join != Join.COLON && join != Join.EQUALS) {
      return false;
    }
    int k = start;
    while (k < start + 2 && isBreak(text.at(k))) {
      k++;
    }
    int from = spaces(k);
    join = Join.NEXT_LINE;
    start = from;
    boolean any = ends();
    char after = text.at(spaces(quoted ? end + 1 : end));
    return any && (after == 0 || isBreak(after)) && text.at(end - 1) != ':';
  }

  private int bareEnd(int from) {
    int limit = Math.min(text.length(), from + LONGEST);
    int k = from >= bareFrom && from < bareTo ? bareTo : from; // read before
    while (k < limit && !endsBare(k)) {
      k++;
    }
    bareFrom = from;
    bareTo = k;
    if (join == Join.PROSE || join == Join.SPACE) {
      while (k > from
          && (text.at(k - 1) == '.'
              || text.at(k - 1) == '?'
              || (text.at(k - 1) == '!' && join == Join.PROSE))) {
        k--;
      }
    }
    return k;
  }

  private boolean endsBare(int at) {
    char c = text.chars()[at];
    return switch (c) {
      case ' ', '\t', '\r', '\n', '\u00a0', '"', '\'', '`', ',', ';', '<', '>', ')', ']', '}' ->
          true;
      case '，', '。', '；', '）' -> true;
      case '&', '|' -> true;
      case '\\' -> "nrt\"'\r\n".indexOf(text.at(at + 1)) >= 0;
      default -> false;
    };
  }

  private int closers(int from) {
    int k = from;
    while (k < from + 4) {
      char c = text.at(k);
      if (c == '\\' && (isQuote(text.at(k + 1)) || text.at(k + 1) == '\\')) {
        k++;
      } else if (isQuote(c)
          || c == ']'
          || c == ')'
          || c == '*'
          || (c == '?' && text.at(k + 1) == ':')) {
        k++;
      } else {
        return k;
      }
    }
    return k;
  }

  private int spaces(int from) {
    int k = from;
    while (k < from + SPACES
        && (text.at(k) == ' ' || text.at(k) == '\t' || text.at(k) == '\u00a0')) {
      k++;
    }
    return k;
  }

  private boolean starts(int at, String word) {
    for (int i = 0; i < word.length(); i++) {
      if (Character.toLowerCase(text.at(at + i)) != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  static boolean isBreak(char c) {
    return c == '\n' || c == '\r';
  }

  static boolean isQuote(char c) {
    return c == '"' || c == '\'' || c == '`' || c == '“' || c == '„' || c == '«' || c == '”';
  }

  static boolean isWord(char c) {
    return Shape.isLetterOrDigit(c) || c == '_' || (c > 127 && Character.isLetterOrDigit(c));
  }

  static boolean isName(char c) {
    return isWord(c) || c == '-' || c == '.' || c == '$';
  }
}
