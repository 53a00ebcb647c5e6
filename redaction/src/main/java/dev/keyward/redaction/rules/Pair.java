package dev.keyward.redaction.rules;

import dev.keyward.redaction.exact.View;
import java.util.Set;

/// Reads settings that are written as a name and a value of their own: `name: DB_PASSWORD` and
/// `value: …` on the next line, or within the same braces.
final class Pair {
  /// How far apart the two may be, in characters.
  static final int REACH = 256;

  private static final int WORD = 16;
  private static final Set<String> NAMES =
      Set.of("name", "key", "Name", "Key", "field", "id", "header", "variable", "label", "Id");
  private static final Set<String> VALUES =
      Set.of("value", "Value", "val", "content", "defaultValue", "default", "text", "data");

  private final View text;

  Pair(View text) {
    this.text = text;
  }

  /// {@return where the word starts that says that the word from `from` to before `to` is in a
  /// name, or -1}
  int nameOf(int from, int to) {
    int k = from;
    while (from - k < WORD * 2 && Assignment.isName(text.at(k - 1))) {
      k--;
    }
    int start = wordBefore(k);
    return start >= 0 && NAMES.contains(word(start)) ? start : -1;
  }

  /// {@return the place after the colon of a value that follows, or -1}
  int valueAfter(int to) {
    int k = to;
    while (k < to + WORD * 2 && Assignment.isName(text.at(k))) {
      k++;
    }
    k = over(k, to + REACH);
    return k < text.length() && VALUES.contains(word(k)) ? afterSign(k + word(k).length()) : -1;
  }

  /// {@return the place after the colon of a value that ends just before `name`, or -1}
  int valueBefore(int name) {
    int first = Math.max(0, name - REACH);
    int k = name - 1;
    while (k > first && text.at(k) != '{') {
      if (text.at(k) == ':' || text.at(k) == '=') {
        int start = wordBefore(k + 1);
        if (start >= 0 && VALUES.contains(word(start))) {
          return k + 1;
        }
        if (start >= 0 && isKey(start)) {
          return -1;
        }
      }
      k--;
    }
    return -1;
  }

  /// A word at the start of a line, or after a comma or brace, is another key.
  private boolean isKey(int start) {
    int k = start - 1;
    while (k > 0 && (text.at(k) == ' ' || text.at(k) == '"' || text.at(k) == '\'')) {
      k--;
    }
    return Assignment.isBreak(text.at(k)) || text.at(k) == ',' || text.at(k) == '{';
  }

  /// {@return the start of the word that a colon joins to what starts at `at`, or -1}
  private int wordBefore(int at) {
    int k = backOver(at - 1);
    if (text.at(k) != ':' && text.at(k) != '=') {
      return -1;
    }
    k = backOver(k - 1);
    int end = k + 1;
    while (end - k <= WORD && Assignment.isWord(text.at(k))) {
      k--;
    }
    return k + 1 < end ? k + 1 : -1;
  }

  private int backOver(int at) {
    int k = at;
    while (at - k < WORD
        && (text.at(k) == ' ' || text.at(k) == '"' || text.at(k) == '\'' || text.at(k) == '\\')) {
      k--;
    }
    return k;
  }

  private int over(int at, int limit) {
    int k = at;
    while (k < limit && " \"'\\,;\r\n\t-".indexOf(text.at(k)) >= 0) {
      k++;
    }
    return k;
  }

  private int afterSign(int at) {
    int k = at;
    while (k < at + WORD && " \"'\\".indexOf(text.at(k)) >= 0) {
      k++;
    }
    return text.at(k) == ':' || text.at(k) == '=' ? k + 1 : -1;
  }

  private String word(int start) {
    int end = start;
    while (end - start < WORD && Assignment.isWord(text.at(end))) {
      end++;
    }
    return text.text(start, Math.min(end, text.length()));
  }
}
