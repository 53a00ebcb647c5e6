package dev.keyward.server.transport;

import java.util.Arrays;
import java.util.stream.Collectors;

/// Describes a failure for the operator's log: the types and where they come from, and no message.
///
/// Libraries put URLs, headers and bodies into messages, so a message may hold a secret.
final class Faults {
  private static final int CAUSES = 5;
  private static final int FRAMES = 12;

  private Faults() {}

  /// {@return some lines of text}
  static String describe(Throwable fault) {
    var text = new StringBuilder();
    Throwable at = fault;
    for (int i = 0; i < CAUSES && at != null; i++) {
      text.append(i == 0 ? "" : "\n  caused by ").append(at.getClass().getName());
      text.append(frames(at));
      at = at.getCause();
    }
    return text.toString();
  }

  private static String frames(Throwable fault) {
    return Arrays.stream(fault.getStackTrace())
        .limit(FRAMES)
        .map(frame -> "\n    at " + frame)
        .collect(Collectors.joining());
  }
}
