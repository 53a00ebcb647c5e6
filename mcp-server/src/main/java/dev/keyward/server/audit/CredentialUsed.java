package dev.keyward.server.audit;

import dev.keyward.catalog.CredentialRef;
import java.time.Duration;
import java.util.Optional;

/// Which credential opened the upstream; by name, never by value.
///
/// @param reference as the catalog names it, for example `local:crm#token`
/// @param version which version of the stored value
/// @param standing whether it is a long-lived key, the last resort
/// @param lifetime how long it was valid when it was lent; absent for a key that does not expire
public record CredentialUsed(
    CredentialRef reference, int version, boolean standing, Optional<Duration> lifetime) {}
