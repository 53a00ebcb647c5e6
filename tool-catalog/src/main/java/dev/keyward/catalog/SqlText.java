package dev.keyward.catalog;

import java.util.ArrayList;
import java.util.List;

/// A statement's text, taken apart at its places for arguments.
///
/// `:name` is a place; `::` is a cast. In strings, quoted names, dollar quotes and comments nothing
/// is (PostgreSQL, "Lexical Structure").
final class SqlText {
  private final String text;
  private final List<String> parts = new ArrayList<>();
  private final List<String> names = new ArrayList<>();
  private final StringBuilder part = new StringBuilder();
  private int at;

  /// Takes `text` apart.
  ///
  /// @throws IllegalArgumentException if it is more than one statement, or something in it has no
  ///   end
  SqlText(String text) {
    this.text = text.strip().replaceFirst(";$", "").stripTrailing();
    while (at < this.text.length()) {
      step();
    }
    parts.add(part.toString());
  }

  /// {@return the text around the places}
  List<String> parts() {
    return List.copyOf(parts);
  }

  /// {@return the arguments in the places, in order}
  List<String> names() {
    return List.copyOf(names);
  }

  private void step() {
    char c = text.charAt(at);
    switch (c) {
      case '\'' -> take(quoted('\'', escapes()));
      case '"' -> take(quoted('"', false));
      case '$' -> take(dollarQuoted());
      case '-' -> take(text.startsWith("--", at) ? lineEnd() : at + 1);
      case '/' -> take(text.startsWith("/*", at) ? commentEnd() : at + 1);
      case ':' -> colon();
      case '?' -> questionMark();
      case ';' -> throw new IllegalArgumentException("must be one statement only");
      default -> take(isWord(c) ? wordEnd() : at + 1);
    }
  }

  private void take(int end) {
    part.append(text, at, end);
    at = end;
  }

  private void colon() {
    if (text.startsWith("::", at)) {
      take(at + 2);
      return;
    }
    if (at + 1 == text.length() || !begins(text.charAt(at + 1))) {
      take(at + 1);
      return;
    }
    at++;
    int end = wordEnd();
    names.add(text.substring(at, end));
    parts.add(part.toString());
    part.setLength(0);
    at = end;
  }

  /// An operator's own; JDBC has it doubled.
  private void questionMark() {
    part.append("??");
    at++;
  }

  /// A string after a lone `E` has escapes with backslashes.
  private boolean escapes() {
    boolean marked = at > 0 && (text.charAt(at - 1) == 'E' || text.charAt(at - 1) == 'e');
    return marked && (at == 1 || !isWord(text.charAt(at - 2)));
  }

  private int quoted(char quote, boolean escapes) {
    for (int i = at + 1; i < text.length(); i++) {
      if (escapes && text.charAt(i) == '\\') {
        i++;
      } else if (text.charAt(i) == quote) {
        if (i + 1 == text.length() || text.charAt(i + 1) != quote) {
          return i + 1;
        }
        i++;
      }
    }
    throw endless("a string or quoted name");
  }

  /// `$$` or `$tag$` up to the same; else a lone sign.
  private int dollarQuoted() {
    int tagEnd = at + 1;
    while (tagEnd < text.length() && isWord(text.charAt(tagEnd))) {
      tagEnd++;
    }
    if (tagEnd == text.length() || text.charAt(tagEnd) != '$') {
      return at + 1;
    }
    String tag = text.substring(at, tagEnd + 1);
    int end = text.indexOf(tag, tagEnd + 1);
    if (end < 0) {
      throw endless("a dollar quote");
    }
    return end + tag.length();
  }

  private int lineEnd() {
    int end = text.indexOf('\n', at);
    return end < 0 ? text.length() : end;
  }

  /// Comments stand within comments.
  private int commentEnd() {
    int depth = 0;
    for (int i = at; i + 1 < text.length(); i++) {
      if (text.startsWith("/*", i)) {
        depth++;
        i++;
      } else if (text.startsWith("*/", i)) {
        depth--;
        i++;
        if (depth == 0) {
          return i + 1;
        }
      }
    }
    throw endless("a comment");
  }

  private int wordEnd() {
    int end = at;
    while (end < text.length() && isWord(text.charAt(end))) {
      end++;
    }
    return end;
  }

  /// As names of arguments do; `[1:2]` is a slice.
  private static boolean begins(char c) {
    return isWord(c) && !Character.isDigit(c);
  }

  private static boolean isWord(char c) {
    return Character.isLetterOrDigit(c) || c == '_';
  }

  private static IllegalArgumentException endless(String what) {
    return new IllegalArgumentException("must end what it begins: " + what + " has no end");
  }
}
