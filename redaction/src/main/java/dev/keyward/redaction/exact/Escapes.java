package dev.keyward.redaction.exact;

import java.util.Map;
import java.util.Optional;

/// Reads one level of escapes, all kinds in one pass: percent, backslash, HTML entities; or
/// quoted-printable.
///
/// Bytes are read as Latin-1; a leaf that is not ASCII is also known in that form. An entity
/// without a known name is read as nothing, an incomplete escape as itself.
final class Escapes {
  private static final int LONGEST_NAME = 31;
  private static final Map<String, String> NAMED =
      Map.ofEntries(
          Map.entry("amp", "&"),
          Map.entry("lt", "<"),
          Map.entry("gt", ">"),
          Map.entry("quot", "\""),
          Map.entry("apos", "'"),
          Map.entry("colon", ":"),
          Map.entry("semi", ";"),
          Map.entry("equals", "="),
          Map.entry("sol", "/"),
          Map.entry("bsol", "\\"),
          Map.entry("plus", "+"),
          Map.entry("num", "#"),
          Map.entry("dollar", "$"),
          Map.entry("percnt", "%"),
          Map.entry("excl", "!"),
          Map.entry("quest", "?"),
          Map.entry("lpar", "("),
          Map.entry("rpar", ")"),
          Map.entry("ast", "*"),
          Map.entry("comma", ","),
          Map.entry("period", "."),
          Map.entry("commat", "@"),
          Map.entry("lsqb", "["),
          Map.entry("rsqb", "]"),
          Map.entry("lbrack", "["),
          Map.entry("rbrack", "]"),
          Map.entry("lcub", "{"),
          Map.entry("rcub", "}"),
          Map.entry("lbrace", "{"),
          Map.entry("rbrace", "}"),
          Map.entry("lowbar", "_"),
          Map.entry("verbar", "|"),
          Map.entry("vert", "|"),
          Map.entry("grave", "`"),
          Map.entry("Hat", "^"),
          Map.entry("hyphen", "-"),
          Map.entry("Tab", "\t"),
          Map.entry("NewLine", "\n"),
          Map.entry("nbsp", " "),
          Map.entry("szlig", "ß"),
          Map.entry("AElig", "Æ"),
          Map.entry("aelig", "æ"),
          Map.entry("oslash", "ø"),
          Map.entry("Oslash", "Ø"));

  private final View view;
  private final View.Builder out;
  private boolean any;

  private Escapes(View view) {
    this.view = view;
    this.out = new View.Builder(view, view.length());
  }

  /// {@return `view` with its escapes read, or empty if it has none}
  static Optional<View> read(View view) {
    var escapes = new Escapes(view);
    for (int i = 0; i < view.length(); ) {
      int used =
          switch (view.at(i)) {
            case '%' -> escapes.percent(i);
            case '\\' -> escapes.backslash(i);
            case '&' -> escapes.entity(i);
            default -> 0;
          };
      i += escapes.took(i, used);
    }
    return escapes.done();
  }

  /// {@return `view` with quoted-printable read, or empty if it has none}
  static Optional<View> readPrintable(View view) {
    var escapes = new Escapes(view);
    for (int i = 0; i < view.length(); ) {
      i += escapes.took(i, view.at(i) == '=' ? escapes.printable(i) : 0);
    }
    return escapes.done();
  }

  private int took(int at, int used) {
    any |= used > 0;
    if (used > 0) {
      return used;
    }
    out.add(view.at(at), at);
    return 1;
  }

  private Optional<View> done() {
    return any ? Optional.of(out.build()) : Optional.empty();
  }

  private int percent(int i) {
    if (view.at(i + 1) == 'u' || view.at(i + 1) == 'U') {
      return code(i, 6, Hex.value(view, i + 2, 4));
    }
    return code(i, 3, Hex.value(view, i + 1, 2));
  }

  private int printable(int i) {
    if (view.at(i + 1) == '\n') {
      return 2;
    }
    if (view.at(i + 1) == '\r' && view.at(i + 2) == '\n') {
      return 3;
    }
    return code(i, 3, Hex.value(view, i + 1, 2));
  }

  private int backslash(int i) {
    char next = view.at(i + 1);
    return switch (next) {
      case 'u' -> view.at(i + 2) == '{' ? braced(i) : code(i, 6, Hex.value(view, i + 2, 4));
      case 'U' -> code(i, 10, Hex.value(view, i + 2, 8));
      case 'x' -> view.at(i + 2) == '{' ? braced(i) : code(i, 4, Hex.value(view, i + 2, 2));
      case '0', '1', '2', '3', '4', '5', '6', '7' -> octal(i);
      case 'n' -> code(i, 2, '\n');
      case 'r' -> code(i, 2, '\r');
      case 't' -> code(i, 2, '\t');
      case 'f', 'b', 'v', 'a', 'e' -> code(i, 2, ' ');
      case '\n' -> 2;
      case '\r' -> view.at(i + 2) == '\n' ? 3 : 2;
      default -> i + 1 < view.length() ? code(i, 2, next) : 0;
    };
  }

  private int braced(int i) {
    int digits = 0;
    while (digits < 7 && Hex.is(view.at(i + 3 + digits))) {
      digits++;
    }
    boolean closed = digits > 0 && view.at(i + 3 + digits) == '}';
    return closed ? code(i, 4 + digits, Hex.value(view, i + 3, digits)) : 0;
  }

  private int octal(int i) {
    int value = 0;
    int digits = 0;
    while (digits < 3 && view.at(i + 1 + digits) >= '0' && view.at(i + 1 + digits) <= '7') {
      value = value * 8 + view.at(i + 1 + digits) - '0';
      digits++;
    }
    return code(i, 1 + digits, value & 0xff);
  }

  private int entity(int i) {
    if (view.at(i + 1) == '#') {
      return view.at(i + 2) == 'x' || view.at(i + 2) == 'X'
          ? number(i, i + 3, 16)
          : number(i, i + 2, 10);
    }
    int end = i + 1;
    while (end - i <= LONGEST_NAME && Character.isLetterOrDigit(view.at(end))) {
      end++;
    }
    return view.at(end) == ';' && end > i + 2 ? named(i, end) : 0;
  }

  private int number(int i, int start, int radix) {
    int end = start;
    int value = 0;
    while (end - start < 8 && Character.digit(view.at(end), radix) >= 0 && view.at(end) < 128) {
      value = value * radix + Character.digit(view.at(end), radix);
      end++;
    }
    if (end == start) {
      return 0;
    }
    return code(i, (view.at(end) == ';' ? end + 1 : end) - i, value);
  }

  private int named(int i, int end) {
    String name = view.text(i + 1, end);
    String stands = NAMED.getOrDefault(name, accented(name));
    for (int k = 0; k < stands.length(); k++) {
      out.add(stands.charAt(k), i, end);
    }
    return end + 1 - i;
  }

  /// `&eacute;` and its like: the mark does not count, so the letter is enough.
  private static String accented(String name) {
    for (String mark :
        new String[] {"acute", "grave", "circ", "uml", "tilde", "cedil", "ring", "caron"}) {
      if (name.length() == mark.length() + 1 && name.endsWith(mark)) {
        return name.substring(0, 1);
      }
    }
    return "";
  }

  private int code(int i, int used, int codePoint) {
    if (codePoint < 0 || codePoint > Character.MAX_CODE_POINT) {
      return 0;
    }
    for (char c : Character.toChars(codePoint)) {
      out.add(c, i, i + used - 1);
    }
    return used;
  }
}
