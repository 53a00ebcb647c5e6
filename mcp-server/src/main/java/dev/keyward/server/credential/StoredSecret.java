package dev.keyward.server.credential;

import dev.keyward.catalog.CredentialRef;
import java.time.Instant;
import java.util.Optional;

/// What may be shown of one version of a stored secret: its name and dates, never its value.
///
/// @param ref its name
/// @param version from 1
/// @param created when this version was stored
/// @param expires until when a version that has been replaced is still held; empty for the newest
public record StoredSecret(
    CredentialRef ref, int version, Instant created, Optional<Instant> expires) {}
