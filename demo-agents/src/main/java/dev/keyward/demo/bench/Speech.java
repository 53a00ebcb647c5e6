package dev.keyward.demo.bench;

import java.util.Arrays;

/// What the load speaks to a broker.
enum Speech {
  /// Streamable HTTP in sessions, the revisions up to 2025-11-25.
  SESSIONS("2025-11-25"),
  /// Streamable HTTP of revision 2026-07-28: every request by itself.
  REQUESTS("2026-07-28"),
  /// The older HTTP+SSE.
  SSE("sse"),
  /// A process `keyward stdio` for each connection, a bridge to the broker.
  STDIO("stdio");

  private final String word;

  Speech(String word) {
    this.word = word;
  }

  /// {@return what the command line calls it}
  String word() {
    return word;
  }

  /// {@return what `word` names}
  ///
  /// @throws IllegalArgumentException with a line for the user if it names none
  static Speech of(String word) {
    return Arrays.stream(values())
        .filter(speech -> speech.word.equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "keyward bench: --speaks takes 2025-11-25, 2026-07-28, sse and stdio"));
  }
}
