package dev.keyward.server.credential.connection;

import java.time.Instant;
import java.util.Optional;

/// One connected account as it is stored.
///
/// @param lost whether its issuer takes its token no more
/// @param version advanced with each token
/// @param turn advanced with each use
/// @param taken whether a broker has it
/// @param sealed the token; absent once it is lost
public record ConnectionRow(
    String name,
    boolean lost,
    String scope,
    long version,
    Instant connected,
    Instant used,
    long turn,
    boolean taken,
    Optional<String> sealed) {}
