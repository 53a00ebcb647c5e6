package dev.keyward.server.credential;

import dev.keyward.redaction.Secret;
import java.time.Instant;

/// One version of a credential as a store gives it.
///
/// @param value the secret
/// @param version from 1, advanced by each new value of the same reference
/// @param created when this version was stored
public record HeldSecret(Secret value, int version, Instant created) {}
