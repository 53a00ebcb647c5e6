package dev.keyward.server.credential;

import dev.keyward.call.LeaseId;
import dev.keyward.redaction.Secret;
import java.time.Instant;
import java.util.List;

/// A credential that was made when it was needed.
///
/// @param lease what the journal calls it
/// @param value what opens the upstream
/// @param parts the pieces of it, and what was made of them, that are secret by themselves
/// @param receipt by what it is given back
/// @param version counts what was made since start, from 1
/// @param made when
/// @param expires when it stops working, at the latest
/// @param facts what may be told of it
public record Minted(
    LeaseId lease,
    Secret value,
    List<Secret> parts,
    Receipt receipt,
    int version,
    Instant made,
    Instant expires,
    MintFacts facts) {
  /// Copies the parts.
  public Minted {
    parts = List.copyOf(parts);
  }

  /// {@return the same, which its issuer lets live on}
  public Minted until(Instant end) {
    return new Minted(lease, value, parts, receipt, version, made, end, facts);
  }
}
