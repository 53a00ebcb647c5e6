package dev.keyward.redaction.rules;

import dev.keyward.redaction.exact.View;
import java.util.Locale;
import java.util.Set;

/// Reads what a name with a colon heads rather than equals: a list in brackets, a block of text
/// (`|`, `>`), or the lines that stand further in, as YAML and outlines write them.
final class Below {
  private static final int LINES = 256;
  private static final int ITEMS = 256;
  private static final int INDENT = 64;
  private static final int LEAD = 16;
  private static final Set<String> VALUES =
      Set.of("value", "plain", "plaintext", "default", "current", "data", "secret");

  private final Scan scan;
  private final View text;
  private final Rule rule;

  Below(Scan scan, Rule rule) {
    this.scan = scan;
    this.text = scan.text();
    this.rule = rule;
  }

  /// Reports what the name heads in which the word from `from` to before `to` is.
  void values(int from, int to) {
    int after = to;
    while (after - to < INDENT && Assignment.isName(text.at(after))) {
      after++;
    }
    while (after - to < INDENT && (text.at(after) == '"' || text.at(after) == '\'')) {
      after++;
    }
    after = blanks(after);
    boolean bare = ends(after); // `- name` and `# name`, with the value below
    if (text.at(after) != ':' && text.at(after) != '=' && !bare) {
      return;
    }
    boolean many = isMany(text, from, to);
    int at = bare ? after : blanks(after + 1);
    char next = text.at(at);
    if (next == '[' || (next == '{' && many)) {
      items(at + 1, next == '[' ? ']' : '}');
    } else if (ends(at) && !bare) {
      lines(from, lineAfter(at), many, false);
    } else if (ends(at)) {
      heading(from, to, at);
    } else if ((next == '|' || next == '>') && ends(afterMark(at + 1))) {
      lines(from, lineAfter(afterMark(at + 1)), many, true);
    } else if (next == '!' || next == '&') {
      tagged(at);
    }
  }

  /// Reports the rest of a list of which `read` is the first item.
  void rest(Assignment read) {
    int quote = read.quoted() ? 1 : 0;
    if (text.at(read.start() - quote - 1) == '[' && text.at(read.end() + quote) == ',') {
      items(read.end() + quote + 1, ']');
    }
  }

  /// `passwords` has many of them, and `credentials`; `password` has one.
  static boolean isMany(View text, int from, int to) {
    String word = text.text(from, to).toLowerCase(Locale.ROOT);
    return (text.at(to) | 0x20) == 's' || word.endsWith("creds") || word.endsWith("credentials");
  }

  private void items(int from, char close) {
    int at = from;
    int limit = Math.min(text.length(), from + Assignment.LONGEST);
    for (int count = 0; count < ITEMS && at < limit && text.at(at) != close; count++) {
      int end = itemEnd(at, limit, close);
      scan.spend(end - at);
      int start = close == '}' ? afterKey(at, end) : at;
      if (start >= 0) {
        judge(start, end);
      }
      at = text.at(end) == ',' ? end + 1 : end;
      if (text.at(end) != ',') {
        break;
      }
    }
  }

  private int itemEnd(int from, int limit, char close) {
    char quote = 0;
    int k = from;
    while (k < limit) {
      char c = text.at(k);
      if (c == '\\') {
        k++;
      } else if (quote != 0) {
        quote = c == quote ? 0 : quote;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == ',' || c == close || c == '{' || c == '[') {
        return k;
      }
      k++;
    }
    return Math.min(k, limit);
  }

  /// Lines further in than the name's, or items of a list no less far in.
  private void lines(int name, int first, boolean many, boolean block) {
    int least = indent(lineStart(name));
    int at = first;
    for (int count = 0; count < LINES && scan.mayReadBelow(at) && at < text.length(); count++) {
      int end = lineEnd(at);
      int in = indent(at);
      int start = at + in;
      scan.spend(end - at + 1);
      if (start < end) {
        boolean item = text.at(start) == '-' && text.at(start + 1) == ' ';
        if (in < least || (in == least && !item)) {
          break;
        }
        line(item ? blanks(start + 1) : start, end, many, block);
      }
      at = end < text.length() ? lineAfter(end) : text.length();
    }
    scan.below(at);
  }

  private void line(int start, int end, boolean many, boolean block) {
    int value = block ? -1 : afterKey(start, end);
    if (value < 0) {
      judge(start, end);
    } else if (many || VALUES.contains(key(start))) {
      judge(value, end);
    }
  }

  /// A name alone on its line, and the value alone on the next that is not empty.
  private void heading(int from, int to, int at) {
    int name = lineStart(from);
    while (name < from && " #-*>=\t".indexOf(text.at(name)) >= 0) {
      name++;
    }
    int start = lineAfter(at);
    start = blanks(ends(start) ? lineAfter(start) : start);
    start = text.at(start) == '-' ? blanks(start + 1) : start;
    int end = start;
    while (end < text.length() && end - start < Assignment.LONGEST && text.at(end) > ' ') {
      end++;
    }
    boolean alone = ends(blanks(end)) || end == text.length();
    if (alone
        && from - name <= LEAD
        && text.at(blanks(at) - 1) != '-' // -----BEGIN PGP SIGNATURE-----
        && SecretName.means(text, name, from, to, at, rule.glued())) {
      judge(start, end);
    }
  }

  private void tagged(int at) {
    int k = at;
    while (k - at < INDENT && text.at(k) > ' ') {
      k++;
    }
    int start = blanks(k);
    if (text.at(k) == ' ' && !ends(start) && text.at(start) != '|' && text.at(start) != '>') {
      judge(start, lineEnd(start));
    }
  }

  private void judge(int from, int to) {
    Assignment read = scan.assignment();
    if (to > from
        && to - from <= Assignment.LONGEST
        && read.cell(from, to, true)
        && rule.value().admits(text, read)) {
      scan.found(rule, read.start(), read.end());
    }
  }

  /// {@return the place after `key: ` or `"key": `, or -1 if there is none}
  private int afterKey(int from, int end) {
    int k = from;
    while (k < end && (text.at(k) == '"' || text.at(k) == '\'' || text.at(k) == ' ')) {
      k++;
    }
    int start = k;
    while (k < end && Assignment.isName(text.at(k))) {
      k++;
    }
    boolean named = k > start;
    while (k < end && (text.at(k) == '"' || text.at(k) == '\'' || text.at(k) == ' ')) {
      k++;
    }
    boolean colon = named && text.at(k) == ':';
    return colon && (text.at(k + 1) <= ' ' || text.at(k - 1) == '"') ? k + 1 : -1;
  }

  private String key(int start) {
    int k = start;
    while (k - start < INDENT && Assignment.isName(text.at(k))) {
      k++;
    }
    return text.text(start, Math.min(k, text.length()));
  }

  private int afterMark(int at) {
    int k = at;
    while (k < at + 2
        && (text.at(k) == '-' || text.at(k) == '+' || Character.isDigit(text.at(k)))) {
      k++;
    }
    return blanks(k);
  }

  private int blanks(int from) {
    int k = from;
    while (k - from < INDENT && (text.at(k) == ' ' || text.at(k) == '\t')) {
      k++;
    }
    return k;
  }

  private boolean ends(int at) {
    return at < text.length() && Assignment.isBreak(text.at(at));
  }

  private int lineAfter(int at) {
    return text.at(at) == '\r' && text.at(at + 1) == '\n' ? at + 2 : at + 1;
  }

  private int lineEnd(int from) {
    int k = from;
    while (k < text.length() && k - from < Assignment.LONGEST && !Assignment.isBreak(text.at(k))) {
      k++;
    }
    return k;
  }

  private int lineStart(int at) {
    int k = at;
    while (k > 0 && at - k < Assignment.LONGEST && !Assignment.isBreak(text.at(k - 1))) {
      k--;
    }
    return k;
  }

  private int indent(int lineStart) {
    return blanks(lineStart) - lineStart;
  }
}
