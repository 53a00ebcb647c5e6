package dev.keyward.server.credential;

import dev.keyward.redaction.Secret;

/// The person for whom a run acts, by the token that says so.
///
/// @param issuer who signed it, exactly as it states that
public record Subject(String issuer, Secret token) {}
