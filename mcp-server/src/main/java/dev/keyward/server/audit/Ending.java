package dev.keyward.server.audit;

import java.util.Locale;

/// How a call that had an intent ended.
public enum Ending {
  /// The upstream answered with success, and the agent got the answer.
  ANSWERED,
  /// The upstream answered with an error, which the agent got.
  ERROR_ANSWERED,
  /// The answer was not usable, or was withheld; a read, or a write known to have been refused.
  FAILED,
  /// It is proven that no byte was sent.
  NOT_SENT,
  /// A write whose effect nobody knows.
  UNKNOWN,
  /// Given up on request, before it could change anything.
  CANCELLED;

  String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Ending of(String wire) {
    return valueOf(wire.toUpperCase(Locale.ROOT));
  }
}
