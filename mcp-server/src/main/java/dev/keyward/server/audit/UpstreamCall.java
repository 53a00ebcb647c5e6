package dev.keyward.server.audit;

import java.time.Duration;
import java.util.List;

/// One request that was really made to an upstream, with its repetitions.
///
/// @param method the HTTP method
/// @param origin where it went
/// @param pathTemplate the path as the catalog writes it, with `{names}` where arguments stand
/// @param attempts in order; empty if no connection came about
public record UpstreamCall(
    String method, String origin, String pathTemplate, List<Attempt> attempts) {
  /// One attempt.
  ///
  /// @param status the HTTP status, or -1 if there was no answer
  /// @param took from the first byte out to the last byte in
  public record Attempt(int status, Duration took) {}

  /// Copies the list and checks that each text is one line.
  public UpstreamCall {
    attempts = List.copyOf(attempts);
    Word.line("method", method);
    Word.line("origin", origin);
    Word.line("pathTemplate", pathTemplate);
  }
}
