package dev.keyward.approvals.web;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/// A stretch of text as a reviewer sees it: nothing in it is invisible or reorders what is around.
sealed interface Piece {
  /// Text that looks like what it is.
  record Plain(String text) implements Piece {}

  /// One character that would be invisible, or would change how others look.
  ///
  /// @param code its number, for example `U+202E`
  /// @param name its name in Unicode, for example `RIGHT-TO-LEFT OVERRIDE`
  record Hidden(String code, String name) implements Piece {}

  /// A line feed.
  record Break() implements Piece {}

  /// {@return all of `text`, in order; nothing is left out}
  static List<Piece> of(String text) {
    List<Piece> pieces = new ArrayList<>();
    var plain = new StringBuilder();
    text.codePoints()
        .forEach(
            point -> {
              if (point != '\n' && !hides(point)) {
                plain.appendCodePoint(point);
                return;
              }
              flush(plain, pieces);
              pieces.add(point == '\n' ? new Break() : hidden(point));
            });
    flush(plain, pieces);
    return List.copyOf(pieces);
  }

  /// {@return the same as one text, hidden characters as their numbers in brackets}
  static String text(List<Piece> pieces) {
    var text = new StringBuilder();
    for (Piece piece : pieces) {
      switch (piece) {
        case Plain(var plain) -> text.append(plain);
        case Hidden(var code, var _) -> text.append('[').append(code).append(']');
        case Break() -> text.append('\n');
      }
    }
    return text.toString();
  }

  /// {@return how many characters of `pieces` would not have been seen}
  static int hidden(List<Piece> pieces) {
    return (int) pieces.stream().filter(Hidden.class::isInstance).count();
  }

  private static void flush(StringBuilder plain, List<Piece> pieces) {
    if (!plain.isEmpty()) {
      pieces.add(new Plain(plain.toString()));
      plain.setLength(0);
    }
  }

  private static Hidden hidden(int point) {
    String name = Objects.requireNonNullElse(Character.getName(point), "unassigned");
    return new Hidden("U+%04X".formatted(point), name.toLowerCase(Locale.ROOT));
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
