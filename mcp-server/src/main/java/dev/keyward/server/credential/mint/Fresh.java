package dev.keyward.server.credential.mint;

import dev.keyward.redaction.Secret;
import dev.keyward.server.credential.Receipt;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What an issuer has just given.
///
/// @param parts pieces of the value that are secret by themselves
/// @param expires when it stops working, where the issuer says so
/// @param scope what it may do, where the issuer says so
/// @param receipt by what it is given back
record Fresh(
    Secret value,
    List<Secret> parts,
    Optional<Instant> expires,
    Optional<String> scope,
    Receipt receipt) {
  /// What is given back as it was given, and cannot be prolonged.
  Fresh(Secret value, List<Secret> parts, Optional<Instant> expires, Optional<String> scope) {
    this(value, parts, expires, scope, new Receipt(value, false));
  }
}
