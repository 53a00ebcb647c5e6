package dev.keyward.approvals.web;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/// A stretch of text as a reviewer sees it: nothing in it is invisible, reorders what is around, or
/// passes for something else.
sealed interface Piece {
  /// Text that looks like what it is.
  record Plain(String text) implements Piece {}

  /// One character that would be invisible, or would change how others look.
  ///
  /// @param code its number, for example `U+202E`
  /// @param name its name in Unicode, for example `RIGHT-TO-LEFT OVERRIDE`
  record Hidden(String code, String name) implements Piece {}

  /// One character that is seen and is not what it looks like, for example a Cyrillic `а` in a
  /// Latin word; [Lookalikes] says which.
  ///
  /// @param text the character, with the marks on it
  /// @param code its number, for example `U+0430`
  /// @param name its name in Unicode, for example `cyrillic small letter a`
  record Lookalike(String text, String code, String name) implements Piece {}

  /// A line feed.
  record Break() implements Piece {}

  /// {@return all of `text`, in order; nothing is left out}
  static List<Piece> of(String text) {
    int[] points = text.codePoints().toArray();
    BitSet lookalikes = Lookalikes.in(points);
    List<Piece> pieces = new ArrayList<>();
    var plain = new StringBuilder();
    int end;
    for (int at = 0; at < points.length; at = end) {
      int point = points[at];
      end = at + 1;
      if (point == '\n') {
        flush(plain, pieces);
        pieces.add(new Break());
      } else if (hides(point)) {
        flush(plain, pieces);
        pieces.add(new Hidden(code(point), name(point)));
      } else if (lookalikes.get(at)) {
        end = afterMarks(points, at);
        flush(plain, pieces);
        pieces.add(new Lookalike(new String(points, at, end - at), code(point), name(point)));
      } else {
        plain.appendCodePoint(point);
      }
    }
    flush(plain, pieces);
    return List.copyOf(pieces);
  }

  /// {@return the same as one text, with numbers in brackets: in the place of hidden characters,
  /// after those that look like others, and in the place of a bracket that would pass for one}
  static String text(List<Piece> pieces) {
    var text = new StringBuilder();
    for (Piece piece : pieces) {
      switch (piece) {
        case Plain(var plain) -> text.append(plain.replace("[U+", "[U+005B]U+"));
        case Hidden(var code, var _) -> text.append('[').append(code).append(']');
        case Lookalike(var letter, var code, var _) ->
            text.append(letter).append('[').append(code).append(']');
        case Break() -> text.append('\n');
      }
    }
    return text.toString();
  }

  /// {@return what a reader of `pieces` has to know of them, in words; empty if there is nothing}
  static String warning(List<Piece> pieces) {
    long hidden = pieces.stream().filter(Hidden.class::isInstance).count();
    long lookalikes = pieces.stream().filter(Lookalike.class::isInstance).count();
    List<String> words = new ArrayList<>();
    if (hidden > 0) {
      words.add(
          hidden == 1
              ? "1 hidden character, shown as a number"
              : hidden + " hidden characters, shown as numbers");
    }
    if (lookalikes > 0) {
      words.add(
          lookalikes == 1
              ? "1 character that looks like another"
              : lookalikes + " characters that look like others");
    }
    return String.join("; ", words);
  }

  private static void flush(StringBuilder plain, List<Piece> pieces) {
    if (!plain.isEmpty()) {
      pieces.add(new Plain(plain.toString()));
      plain.setLength(0);
    }
  }

  /// Where the marks end that are on the character at `at`.
  private static int afterMarks(int[] points, int at) {
    int end = at + 1;
    while (end < points.length && Lookalikes.isMark(points[end]) && !hides(points[end])) {
      end++;
    }
    return end;
  }

  private static String code(int point) {
    return "U+%04X".formatted(point);
  }

  private static String name(int point) {
    String name = Objects.requireNonNullElse(Character.getName(point), "unassigned");
    return name.toLowerCase(Locale.ROOT);
  }

  /// Controls, formats (bidi, zero width, tags), spaces other than the plain one, separators,
  /// private, unassigned and lone surrogates; and what is drawn as nothing though it is a letter or
  /// a mark.
  private static boolean hides(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.PRIVATE_USE,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          true;
      case Character.SPACE_SEPARATOR -> point != ' ';
      default -> drawnAsNothing(point);
    };
  }

  private static boolean drawnAsNothing(int point) {
    return point == 0x034F
        || point == 0x115F
        || point == 0x1160
        || point == 0x17B4
        || point == 0x17B5
        || point == 0x2800
        || point == 0x3164
        || point == 0xFFA0
        || (point >= 0x180B && point <= 0x180F)
        || (point >= 0xFE00 && point <= 0xFE0F)
        || (point >= 0xE0100 && point <= 0xE01EF);
  }
}
