package dev.keyward.server.credential.lease;

import dev.keyward.call.LeaseId;
import dev.keyward.catalog.CredentialRef;
import java.time.Instant;
import java.util.Optional;

/// One lease as it is stored, without its value.
///
/// @param kind how it was made
/// @param scope what was given
/// @param fingerprint of its value; empty while it is not made
/// @param made when it was made, or its issuer was to be asked
/// @param why it ends, once it does
/// @param attempts how often its issuer was asked to take it back
/// @param revocation how that ended
public record LeaseRow(
    LeaseChange.Of of,
    State state,
    String kind,
    String scope,
    String fingerprint,
    Instant made,
    Instant expires,
    Optional<String> why,
    int attempts,
    Optional<String> revocation) {
  /// How far a lease has come.
  public enum State {
    /// Its issuer is about to be asked.
    ASKED,
    /// It is used.
    LIVE,
    /// It is to be given back.
    DUE,
    /// It is over.
    OVER
  }

  /// {@return the same after its issuer was asked once more}
  LeaseRow tried() {
    return new LeaseRow(
        of, state, kind, scope, fingerprint, made, expires, why, attempts + 1, revocation);
  }

  LeaseId lease() {
    return of.lease();
  }

  CredentialRef reference() {
    return of.reference();
  }
}
