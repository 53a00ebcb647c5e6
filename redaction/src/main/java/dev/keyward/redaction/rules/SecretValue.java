package dev.keyward.redaction.rules;

import dev.keyward.redaction.exact.View;
import java.util.Locale;
import java.util.Set;

/// What a value must look like to be taken for a secret, given where it stands.
///
/// Exempt is only what as a whole has the shape of something else: a placeholder, a variable, code,
/// a sentence. Nothing is exempt for a word in it.
enum SecretValue {
  /// Almost anything that is not code: people choose passwords.
  PASSWORD,
  /// Eight characters or more, not a word.
  SECRET,
  /// Sixteen characters or more that look random.
  RANDOM,
  /// `user:password`.
  PAIR;

  private static final int ENOUGH = 256;
  private static final Set<String> NOTHING =
      Set.of(
          "null",
          "none",
          "nil",
          "undefined",
          "true",
          "false",
          "yes",
          "no",
          "on",
          "off",
          "n/a",
          "na",
          "empty",
          "unset",
          "unknown",
          "any",
          "string",
          "str",
          "text",
          "varchar",
          "bool",
          "boolean",
          "number",
          "integer",
          "int",
          "object",
          "array",
          "bytes",
          "byte",
          "char",
          "float",
          "double",
          "required",
          "optional",
          "default",
          "redacted",
          "masked",
          "hidden",
          "filtered",
          "removed",
          "secret",
          "password",
          "passwd",
          "token",
          "key",
          "apikey",
          "self",
          "this",
          "value",
          "bearer",
          "basic",
          "digest",
          "input",
          "error",
          "private",
          "public",
          "const",
          "var",
          "let",
          "new",
          "return",
          "function",
          "async",
          "await",
          "import",
          "from",
          "readonly",
          "static",
          "final",
          "type",
          "and",
          "or",
          "not",
          "for",
          "with",
          "if",
          "is",
          "in",
          "as",
          "to",
          "the",
          "a",
          "an",
          "of",
          "must",
          "was",
          "has",
          "can",
          "could",
          "may",
          "will",
          "should",
          "oauth",
          "oauth2",
          "jwt",
          "plain",
          "pass",
          "pwd",
          "user",
          "admin:admin",
          "nullptr",
          "list",
          "dict",
          "map",
          "set");

  /// {@return whether the value that was read is a secret}
  boolean admits(View text, Assignment read) {
    int from = read.start();
    int to = read.end();
    int length = to - from;
    if (length < least(read.quoted()) || isMark(text, from, to) || isMonotonous(text, from, to)) {
      return false;
    }
    if (!read.quoted() && isCode(text, read)) {
      return false;
    }
    return switch (this) {
      case PASSWORD -> password(text, read);
      case SECRET -> secret(text, read);
      case RANDOM -> random(text, from, to) && (!isUuid(text, from, to) || isSetting(text, read));
      case PAIR -> pair(text, from, to);
    };
  }

  private int least(boolean quoted) {
    return switch (this) {
      case PASSWORD -> 4;
      case PAIR -> 5;
      case SECRET -> quoted ? 6 : 8;
      case RANDOM -> 16;
    };
  }

  /// {@return whether the stretch, which stands where only a secret does, is one and no
  /// placeholder}
  static boolean isOpen(View text, int from, int to) {
    return to > from && !isMark(text, from, to) && !isVariable(text, from, to);
  }

  private static boolean password(View text, Assignment read) {
    int from = read.start();
    int to = read.end();
    if (isSentence(text, from, to)) {
      return false;
    }
    return switch (read.join()) {
      case PROSE -> mixes(text, from, to);
      case SPACE ->
          !isPath(text, from, to)
              && (read.quoted() || isFlag(text, read.nameStart()) || mixes(text, from, to));
      case NEXT_LINE -> mixes(text, from, to) || Wordy.isRandom(text, from, to);
      case EQUALS, COLON, CALL, TAG -> !isPath(text, from, to);
    };
  }

  private static boolean secret(View text, Assignment read) {
    int from = read.start();
    int to = read.end();
    if (isSentence(text, from, to) || isPath(text, from, to) || isNumber(text, from, to)) {
      return false;
    }
    if (holdsSpace(text, from, to)) {
      return false;
    }
    boolean random = Wordy.isRandom(text, from, to);
    return switch (read.join()) {
      case PROSE, NEXT_LINE -> random && mixes(text, from, to);
      case SPACE -> random && (to - from >= 16 || isFlag(text, read.nameStart()));
      case EQUALS, COLON, CALL, TAG -> random || symbols(text, from, to);
    };
  }

  /// `ACME_KEY=…`, as settings are written.
  private static boolean isSetting(View text, Assignment read) {
    return read.join() == Assignment.Join.EQUALS
        && !read.quoted()
        && Character.isLetter(text.at(read.nameStart()))
        && text.at(read.nameEnd()) == '=';
  }

  private static boolean pair(View text, int from, int to) {
    int colon = from;
    boolean letter = false;
    while (colon < to && text.at(colon) != ':') {
      letter |= Character.isLetter(text.at(colon));
      colon++;
    }
    return letter
        && to - colon >= 4
        && text.at(colon + 1) != '/'
        && isOpen(text, colon + 1, to)
        && !isPath(text, from, to);
  }

  private static boolean random(View text, int from, int to) {
    return !isPath(text, from, to)
        && !isNumber(text, from, to)
        && !isSentence(text, from, to)
        && !holdsSpace(text, from, to)
        && Wordy.isRandom(text, from, to);
  }

  /// Placeholders and variables: `<…>`, `${…}`, `{{…}}`, `%s`, `***`, `xxxx`, `NAME_OF_IT`.
  private static boolean isMark(View text, int from, int to) {
    char first = text.at(from);
    char last = text.at(to - 1);
    boolean bracketed =
        (first == '<' && last == '>')
            || (first == '{' && last == '}')
            || (first == '[' && last == ']')
            || (first == '(' && last == ')');
    if (bracketed || isVariable(text, from, to) || isElided(text, from, to)) {
      return true;
    }
    if (to - from <= 12 && NOTHING.contains(text.text(from, to).toLowerCase(Locale.ROOT))) {
      return true;
    }
    return distinct(text, from, to) <= 2 || isConstantName(text, from, to);
  }

  /// `sk-xxxxxxxx`: hardly any different characters for that length.
  private boolean isMonotonous(View text, int from, int to) {
    return this == PASSWORD
        ? to - from >= 8 && distinct(text, from, to) < 4
        : to - from >= 12 && distinct(text, from, to) < 6;
  }

  private static boolean isVariable(View text, int from, int to) {
    char first = text.at(from);
    char second = text.at(from + 1);
    char last = text.at(to - 1);
    if (first == '$' || first == '#' || first == '@') {
      if (second == '{' || second == '(') {
        return last == '}' || last == ')' || text.at(to) == '}' || text.at(to) == ')';
      }
    }
    if (first == '$' && (Character.isLetter(second) || second == '_')) {
      int at = from + 1;
      while (at < to
          && (Assignment.isWord(text.at(at)) || text.at(at) == '.' || text.at(at) == ':')) {
        at++;
      }
      return at == to;
    }
    return (first == '%' && to - from <= 3)
        || (first == '%' && (last == '%' || second == '('))
        || (first == '{' && second == '{');
  }

  private static boolean isElided(View text, int from, int to) {
    boolean dots = text.at(to - 1) == '…' || (text.at(to - 1) == '.' && text.at(to - 2) == '.');
    return dots && to - from <= 20;
  }

  private static boolean isConstantName(View text, int from, int to) {
    int bars = 0;
    for (int i = from; i < end(from, to); i++) {
      char c = text.at(i);
      if (c == '_' || c == '-') {
        bars++;
      } else if (c < 'A' || c > 'Z') {
        return false;
      }
    }
    return bars > 0;
  }

  static int distinct(View text, int from, int to) {
    long low = 0;
    long high = 0;
    for (int i = from; i < end(from, to); i++) {
      char c = text.at(i);
      if (c < 64) {
        low |= 1L << c;
      } else {
        high |= 1L << (c & 63);
      }
    }
    return Long.bitCount(low) + Long.bitCount(high);
  }

  /// What stands without quotation marks in code is a name, a call or a type.
  private static boolean isCode(View text, Assignment read) {
    int from = read.start();
    int to = read.end();
    int name = from;
    boolean digits = false;
    while (name < to
        && (Assignment.isWord(text.at(name))
            || text.at(name) == '.'
            || text.at(name) == '$'
            || text.at(name) == ':'
            || text.at(name) == '?'
            || text.at(name) == '!')) {
      digits |= text.at(name) >= '0' && text.at(name) <= '9';
      name++;
    }
    char next = text.at(name);
    if (name > from && name - from < 48 && (next == '(' || next == '[' || next == '{')) {
      return true;
    }
    if (text.at(from) == '('
        || text.at(from) == '['
        || text.at(from) == '{'
        || text.at(from) == '&'
        || text.at(from) == '*'
        || text.at(from) == '!'
        || (text.at(from) == '-' && text.at(from + 1) == '-')) {
      return true;
    }
    if (name < to) {
      return false;
    }
    return !Wordy.isRandom(text, from, to) && inCode(text, read, digits);
  }

  /// Settings have nothing around an equals sign, or a colon with the value at the end of a line.
  private static boolean inCode(View text, Assignment read, boolean digits) {
    char before = text.at(read.start() - 1);
    char after = text.at(read.end());
    boolean ends =
        after == 0
            || Assignment.isBreak(after)
            || (after == ' ' && !Character.isLetter(text.at(read.end() + 1)))
            || after == '\\'
            || after == '"';
    return switch (read.join()) {
      case EQUALS ->
          (before != '=' && !digits) || after == ',' || after == ')' || dotted(text, read);
      case COLON ->
          !(digits && ends) && (dotted(text, read) || !ends || humped(text, read) || before == ':');
      case SPACE, PROSE, NEXT_LINE -> false;
      case CALL -> true;
      case TAG -> false;
    };
  }

  private static boolean dotted(View text, Assignment read) {
    for (int i = read.start() + 1; i < read.end() - 1; i++) {
      if (text.at(i) == '.' || text.at(i) == ':') {
        return true;
      }
    }
    return false;
  }

  private static boolean humped(View text, Assignment read) {
    for (int i = read.start() + 1; i < read.end(); i++) {
      if (Character.isUpperCase(text.at(i)) && Character.isLowerCase(text.at(i - 1))) {
        return true;
      }
    }
    return false;
  }

  /// Words with spaces between, or letters beyond ASCII only: something for people to read.
  private static boolean isSentence(View text, int from, int to) {
    boolean spaces = false;
    boolean wide = false;
    boolean digits = false;
    boolean ascii = false;
    for (int i = from; i < end(from, to); i++) {
      char c = text.at(i);
      spaces |= c == ' ' || c == '\n';
      wide |= c > 127;
      digits |= c >= '0' && c <= '9';
      ascii |= Shape.isLetterOrDigit(c);
    }
    return (spaces && (!digits || to - from > 24))
        || (wide && !digits && (spaces || !ascii || to - from < 16));
  }

  private static boolean holdsSpace(View text, int from, int to) {
    for (int i = from; i < end(from, to); i++) {
      if (Character.isWhitespace(text.at(i))) {
        return true;
      }
    }
    return false;
  }

  /// No judgement needs more than the start of a long value.
  private static int end(int from, int to) {
    return Math.min(to, from + ENOUGH);
  }

  private static boolean isPath(View text, int from, int to) {
    char first = text.at(from);
    if (first == '/'
        || (first == '.' && (text.at(from + 1) == '/' || text.at(from + 1) == '.'))
        || (first == '~' && text.at(from + 1) == '/')
        || (first == '@' && text.at(from + 1) == '/')) {
      return !Wordy.isRandom(text, from, to);
    }
    for (int i = from; i < Math.min(to, from + 24); i++) {
      if (text.at(i) == ':' && text.at(i + 1) == '/' && text.at(i + 2) == '/') {
        return true;
      }
    }
    return text.at(from + 1) == ':' && text.at(from + 2) == '\\';
  }

  private static boolean isNumber(View text, int from, int to) {
    if (text.at(from) == '0' && text.at(from + 1) == 'x' && to - from <= 18) {
      return true;
    }
    for (int i = from; i < end(from, to); i++) {
      char c = text.at(i);
      if ((c < '0' || c > '9') && (c != '.' && c != '-' && c != ':' && c != ' ' && c != ',')) {
        return false;
      }
    }
    return true;
  }

  private static boolean isUuid(View text, int from, int to) {
    return to - from == 36
        && text.at(from + 8) == '-'
        && text.at(from + 13) == '-'
        && text.at(from + 18) == '-'
        && text.at(from + 23) == '-';
  }

  /// A word alone may be any word; a digit, a symbol or a capital inside makes it a password.
  private static boolean mixes(View text, int from, int to) {
    int digits = 0;
    int capitals = 0;
    int lower = 0;
    int symbols = 0;
    for (int i = from; i < end(from, to); i++) {
      char c = text.at(i);
      digits += c >= '0' && c <= '9' ? 1 : 0;
      capitals += i > from && c >= 'A' && c <= 'Z' ? 1 : 0;
      lower += c >= 'a' && c <= 'z' ? 1 : 0;
      symbols += !Shape.isLetterOrDigit(c) ? 1 : 0;
    }
    return to - from >= 6
        && ((digits > 0 && lower + capitals > 0)
            || (capitals > 0 && lower > 0 && symbols > 0)
            || Wordy.isRandom(text, from, to));
  }

  private static boolean symbols(View text, int from, int to) {
    int kinds = 0;
    boolean digit = false;
    for (int i = from; i < end(from, to); i++) {
      char c = text.at(i);
      digit |= c >= '0' && c <= '9';
      kinds += "!@#$%^&*+=~?".indexOf(c) >= 0 ? 1 : 0;
    }
    return (kinds > 0 && digit) || (digit && to - from >= 12);
  }

  private static boolean isFlag(View text, int nameStart) {
    return text.at(nameStart) == '-' && text.at(nameStart - 1) <= ' ';
  }
}
