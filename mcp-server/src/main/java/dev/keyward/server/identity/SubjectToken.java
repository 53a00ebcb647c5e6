package dev.keyward.server.identity;

import dev.keyward.call.PersonId;
import dev.keyward.redaction.Secret;
import java.time.Instant;

/// A token that an agent has shown and that says for whom it works.
///
/// @param issuer who signed it, exactly as it states that
/// @param expires when it ends by itself
public record SubjectToken(PersonId person, String issuer, Secret token, Instant expires) {}
