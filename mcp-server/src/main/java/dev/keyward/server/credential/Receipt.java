package dev.keyward.server.credential;

import dev.keyward.redaction.Secret;

/// What an issuer is shown when a credential is given back, or prolonged.
///
/// @param shown the credential's value itself, where its issuer gives nothing else for it
/// @param renewable whether the issuer may let it live on
public record Receipt(Secret shown, boolean renewable) {}
