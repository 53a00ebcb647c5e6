package dev.keyward.server.run;

import java.util.Locale;

/// What becomes of a run's writes.
public enum RunMode {
  /// They are recorded as proposals and never sent.
  ADVISORY,
  /// They go their way, through policy and people.
  AUTONOMOUS;

  /// {@return the name in requests, in the store and in the audit}
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// {@return the mode named `wire`}
  ///
  /// @throws IllegalArgumentException if there is none
  static RunMode parse(String wire) {
    return switch (wire) {
      case "advisory" -> ADVISORY;
      case "autonomous" -> AUTONOMOUS;
      default -> throw new IllegalArgumentException("mode must be advisory or autonomous");
    };
  }
}
