package dev.keyward.redaction.rules;

import dev.keyward.redaction.exact.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a token looks like: literal characters, and runs of an alphabet with a least and a greatest
/// length, as in `xoxb-{digit:10,13}-{digit:10,13}-{alnum:18,34}`.
///
/// Matched once from left to right, each run as long as it gets; there is no going back, so reading
/// is linear.
final class Shape {
  private record Part(String literal, Alphabet alphabet, int min, int max) {
    boolean isRun() {
      return literal.isEmpty();
    }
  }

  private static final Alphabet NO_CHARACTER = new Alphabet(0, 0);

  private final List<Part> parts;

  private Shape(List<Part> parts) {
    this.parts = List.copyOf(parts);
  }

  /// Reads a shape.
  ///
  /// @throws IllegalArgumentException if it is none; the message says why
  static Shape of(String spec) {
    var parts = new ArrayList<Part>();
    int i = 0;
    while (i < spec.length()) {
      int end = spec.indexOf(spec.charAt(i) == '{' ? '}' : '{', i);
      if (spec.charAt(i) == '{') {
        if (end < 0) {
          throw new IllegalArgumentException("has a { without a }");
        }
        parts.add(run(spec.substring(i + 1, end)));
        i = end + 1;
      } else {
        int stop = end < 0 ? spec.length() : end;
        parts.add(new Part(spec.substring(i, stop), NO_CHARACTER, stop - i, stop - i));
        i = stop;
      }
    }
    check(parts);
    return new Shape(parts);
  }

  /// {@return literal characters and one run}
  static Shape run(String prefix, String alphabet, int min, int max) {
    var parts = new ArrayList<Part>();
    if (!prefix.isEmpty()) {
      parts.add(new Part(prefix, NO_CHARACTER, prefix.length(), prefix.length()));
    }
    parts.add(run(alphabet + ":" + min + "," + max));
    return new Shape(parts);
  }

  /// Reads a run such as `{digit:8,10}` that stands before a keyword.
  static Rule.Lead lead(String spec) {
    List<Part> parts = of(spec).parts;
    if (parts.size() != 1 || !parts.getFirst().isRun()) {
      throw new IllegalArgumentException("needs one {alphabet:min,max}");
    }
    Part run = parts.getFirst();
    return new Rule.Lead(run.alphabet, run.min, run.max);
  }

  private static Part run(String spec) {
    int colon = spec.lastIndexOf(':');
    String[] ends = spec.substring(colon + 1).split(",", -1);
    Optional<Alphabet> alphabet = Alphabet.of(colon < 0 ? "" : spec.substring(0, colon));
    try {
      int min = Integer.parseInt(ends[0]);
      int max = Integer.parseInt(ends[ends.length - 1]);
      if (alphabet.isEmpty() || ends.length > 2 || min < 0 || max < min || max == 0 || max > 4096) {
        throw new IllegalArgumentException("needs {alphabet:min,max} with max to 4096");
      }
      return new Part("", alphabet.get(), min, max);
    } catch (NumberFormatException notNumbers) {
      throw new IllegalArgumentException("needs {alphabet:min,max}", notNumbers);
    }
  }

  private static void check(List<Part> parts) {
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("is empty");
    }
    for (int i = 1; i < parts.size(); i++) {
      Part before = parts.get(i - 1);
      Part part = parts.get(i);
      boolean eats =
          before.isRun()
              && before.min < before.max
              && (part.isRun()
                  ? before.alphabet.meets(part.alphabet)
                  : before.alphabet.has(part.literal.charAt(0)));
      if (eats) {
        throw new IllegalArgumentException("has a run that takes the start of what follows it");
      }
    }
  }

  /// {@return the characters that it starts with}
  String prefix() {
    return parts.getFirst().literal;
  }

  /// {@return where it ends in `text` if it starts at `start`, or -1; a run that goes on beyond its
  /// greatest length ends it}
  int end(View text, int start) {
    int at = start;
    for (Part part : parts) {
      at = part.isRun() ? run(text, at, part) : literal(text, at, part.literal);
      if (at < 0) {
        return -1;
      }
    }
    return at;
  }

  /// {@return whether the character at `at` would go on with the last run}
  boolean goesOn(View text, int at) {
    char c = text.at(at);
    Part last = parts.getLast();
    return last.isRun() ? last.alphabet.has(c) : isLetterOrDigit(c);
  }

  private static int run(View text, int start, Part part) {
    int at = start;
    int limit = Math.min(text.length(), start + part.max);
    while (at < limit && part.alphabet.has(text.chars()[at])) {
      at++;
    }
    return at - start < part.min ? -1 : at;
  }

  private static int literal(View text, int start, String literal) {
    for (int i = 0; i < literal.length(); i++) {
      if (text.at(start + i) != literal.charAt(i)) {
        return -1;
      }
    }
    return start + literal.length();
  }

  static boolean isLetterOrDigit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }
}
