package dev.keyward.server.credential;

import dev.keyward.redaction.Secret;
import java.time.Instant;
import java.util.List;

/// A credential that was made when it was needed.
///
/// @param value what opens the upstream
/// @param parts the pieces of it, and what was made of them, that are secret by themselves
/// @param version counts what was made since start, from 1
/// @param made when
/// @param expires when it stops working, at the latest
/// @param facts what may be told of it
public record Minted(
    Secret value, List<Secret> parts, int version, Instant made, Instant expires, MintFacts facts) {
  /// Copies the parts.
  public Minted {
    parts = List.copyOf(parts);
  }
}
