package dev.keyward.server.upstream;

import java.time.Duration;
import java.util.List;

/// What was really sent where, for the audit; no arguments, no credential.
///
/// @param method the HTTP method
/// @param origin for example `https://api.example.com`
/// @param pathTemplate the path as the catalog writes it, without values
/// @param attempts in order; empty if nothing was sent
public record Trace(String method, String origin, String pathTemplate, List<Attempt> attempts) {
  /// Copies the attempts.
  public Trace {
    attempts = List.copyOf(attempts);
  }

  /// One request of which at least a byte may have left.
  ///
  /// @param status the answer's status, or -1 if none came
  /// @param took from the start of this attempt, connecting included, to its end
  public record Attempt(int status, Duration took) {}
}
