package dev.keyward.server.policy;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How far back a rule looks: a number and a unit, `30s`, `15m`, `24h` or `7d`.
final class Window {
  private static final Pattern SHAPE = Pattern.compile("([1-9][0-9]{0,5})([smhd])");

  private Window() {}

  /// {@return the window}
  ///
  /// @throws IllegalArgumentException if it has another shape, or reaches too far back
  static Duration parse(String text) {
    Matcher parts = SHAPE.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException("must have a window such as '30s', '15m', '24h' or '7d'");
    }
    long number = Long.parseLong(parts.group(1));
    Duration window =
        switch (parts.group(2)) {
          case "s" -> Duration.ofSeconds(number);
          case "m" -> Duration.ofMinutes(number);
          case "h" -> Duration.ofHours(number);
          default -> Duration.ofDays(number);
        };
    if (window.compareTo(History.LONGEST) > 0) {
      throw new IllegalArgumentException(
          "must have a window of at most " + History.LONGEST.toDays() + " days");
    }
    return window;
  }
}
