package dev.keyward.demo;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// What the demo prints: titles, what the agent saw beside what the company saw, and claims.
///
/// Every text passes the mask before it is broken into lines, so that even if a key had reached an
/// agent, none would be printed.
final class Screen {

  private final PrintStream out;
  private final boolean colours;
  private final UnaryOperator<String> mask;

  /// @param mask replaces what must not be printed
  Screen(PrintStream out, boolean colours, UnaryOperator<String> mask) {
    this.out = out;
    this.colours = colours;
    this.mask = mask;
  }

  /// Prints a heading and, below it, what is about to happen.
  void title(String title, String introduction) {
    out.println();
    out.println(paint(Paint.BOLD, title));
    text(introduction);
    out.println();
    String left = Columns.pad("  the agent", Columns.LEFT);
    out.println(paint(Paint.FAINT, left + Columns.GAP + "the companies"));
    out.println(
        paint(Paint.FAINT, "─".repeat(Columns.LEFT + 1) + "┼" + "─".repeat(Columns.RIGHT + 1)));
  }

  /// Prints a heading without columns.
  void heading(String title) {
    out.println();
    out.println(paint(Paint.BOLD, title));
  }

  /// Prints one paragraph.
  void text(String paragraph) {
    for (String line : Columns.wrap(clean(paragraph), Columns.WIDTH, "")) {
      out.println(line);
    }
  }

  /// Prints what must stay on one line, such as an address that is to be copied.
  void address(String label, Object address) {
    out.println(Columns.pad("  " + label, 24) + paint(Paint.CYAN, clean(address.toString())));
  }

  /// Prints one step: what was done, what came back, and what the companies saw of it.
  ///
  /// @param actions what was done, a line or more each
  /// @param answers what came back
  /// @param most how many lines to give to each answer
  /// @param seen by the companies, a line or more each
  void step(List<String> actions, List<String> answers, int most, List<String> seen) {
    var left = new ArrayList<String>();
    for (String action : actions) {
      String lead = left.isEmpty() ? "▸ " : "  ";
      left.addAll(Columns.wrap(lead + clean(action), Columns.LEFT, "    "));
    }
    int actionLines = left.size();
    for (String answer : answers) {
      List<String> lines = Columns.wrap("← " + clean(answer), Columns.LEFT - 2, "  ");
      Columns.atMost(most, lines, Columns.LEFT - 2).forEach(line -> left.add("  " + line));
    }
    var right = new ArrayList<String>();
    seen.forEach(line -> right.addAll(Columns.wrap(clean(line), Columns.RIGHT, "    ")));
    for (int i = 0; i < Math.max(left.size(), right.size()); i++) {
      String mine = Columns.pad(i < left.size() ? left.get(i) : "", Columns.LEFT);
      String theirs = i < right.size() ? right.get(i) : "";
      out.println(
          (paint(i < actionLines ? Paint.CYAN : Paint.PLAIN, mine)
                  + paint(Paint.FAINT, Columns.GAP)
                  + theirs)
              .stripTrailing());
    }
  }

  /// Prints a claim with its mark.
  void claim(Claim claim) {
    Paint colour = claim.held() ? Paint.GREEN : Paint.RED;
    String sentence = claim.sentence() + (claim.held() ? "" : " But: " + claim.got());
    List<String> lines = Columns.wrap(clean(sentence), Columns.WIDTH - 4, "");
    for (int i = 0; i < lines.size(); i++) {
      String mark = i == 0 ? claim.held() ? "  ✓ " : "  ✗ " : "    ";
      out.println(paint(colour, mark) + lines.get(i));
    }
  }

  /// Prints the last line, in the colour of how it ended.
  void verdict(boolean good, String sentence) {
    out.println();
    out.println(paint(good ? Paint.GREEN : Paint.RED, clean(sentence)));
  }

  private String clean(String text) {
    return Columns.tame(mask.apply(text));
  }

  private String paint(Paint paint, String text) {
    return colours ? paint.over(text) : text;
  }
}
