package dev.keyward.demo;

import java.util.Map;

/// Colours for a terminal, or none.
enum Paint {
  PLAIN("", ""),
  BOLD("1", "22"),
  FAINT("2", "22"),
  GREEN("32", "39"),
  RED("31", "39"),
  CYAN("36", "39");

  private final String on;
  private final String off;

  Paint(String on, String off) {
    this.on = on;
    this.off = off;
  }

  String over(String text) {
    return on.isEmpty() ? text : "\u001b[" + on + "m" + text + "\u001b[" + off + "m";
  }

  /// {@return whether to colour: on a terminal that can, and unless `NO_COLOR` says otherwise}
  ///
  /// `NO_COLOR` as on no-color.org: set and not empty.
  ///
  /// @param terminal whether output goes to one
  static boolean wanted(boolean terminal, Map<String, String> environment) {
    return terminal
        && environment.getOrDefault("NO_COLOR", "").isEmpty()
        && !environment.getOrDefault("TERM", "").equals("dumb");
  }
}
