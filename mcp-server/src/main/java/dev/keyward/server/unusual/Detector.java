package dev.keyward.server.unusual;

import java.util.Locale;

/// A way to be unusual.
public enum Detector {
  /// A tool that this agent has never used.
  FIRST_TOOL,
  /// A system none of whose tools this agent has ever used.
  FIRST_SYSTEM,
  /// Records of a kind that this agent has never touched, by the ids that the catalog marks.
  FIRST_RECORD,
  /// Many writes within minutes.
  WRITE_BURST,
  /// Many more calls in this hour than in its busiest hour before.
  VOLUME,
  /// Many denied calls in a row.
  DENIED_STREAK,
  /// An hour of the day in which it has not worked for a month, once it has for a week.
  ODD_HOUR;

  /// {@return the word in settings, rules and the record}
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
