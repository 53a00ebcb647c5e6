package dev.keyward.demo;

import java.util.ArrayList;
import java.util.List;

/// Breaks text into lines for a page of 100 characters with two columns.
final class Columns {
  static final int WIDTH = 100;
  static final String GAP = " │ ";
  static final int LEFT = 54;
  static final int RIGHT = WIDTH - LEFT - 3;

  private Columns() {}

  /// {@return `text` broken after spaces and commas where that is possible; further lines begin
  /// with `indent`}
  ///
  /// @param width of each line, more than that of `indent`
  static List<String> wrap(String text, int width, String indent) {
    var lines = new ArrayList<String>();
    String rest = text.stripTrailing();
    String lead = "";
    while (lead.length() + rest.length() > width) {
      int room = width - lead.length();
      int cut = cut(rest, room);
      lines.add(lead + rest.substring(0, cut));
      rest = rest.substring(cut).strip();
      lead = indent;
    }
    lines.add(lead + rest);
    return lines;
  }

  private static int cut(String text, int room) {
    int space = text.lastIndexOf(' ', room);
    int comma = text.lastIndexOf(',', room - 1) + 1;
    int best = Math.max(space, comma);
    return best > room / 2 ? best : room;
  }

  /// {@return at most `most` lines; where some are left out, the last one ends with `…`}
  static List<String> atMost(int most, List<String> lines, int width) {
    if (lines.size() <= most) {
      return lines;
    }
    var kept = new ArrayList<>(lines.subList(0, most));
    String last = kept.removeLast();
    kept.add(last.substring(0, Math.min(last.length(), width - 2)) + " …");
    return kept;
  }

  /// {@return `text` on one line, harmless for a terminal}
  ///
  /// Line breaks become `⏎`; other control characters and marks that hide or reorder text, `·`.
  static String tame(String text) {
    var tame = new StringBuilder();
    text.strip().codePoints().forEach(point -> tame.appendCodePoint(tame(point)));
    return tame.toString().replaceAll("(?: *⏎ *)+", " ⏎ ");
  }

  private static int tame(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL -> point == '\n' ? '⏎' : '·';
      case Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          '·';
      default -> point;
    };
  }

  /// {@return `line` and as many spaces as fill `width`}
  static String pad(String line, int width) {
    return line + " ".repeat(Math.max(0, width - line.length()));
  }
}
