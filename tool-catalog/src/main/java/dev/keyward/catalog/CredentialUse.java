package dev.keyward.catalog;

import java.util.Optional;

/// Which credential a tool needs and where its value goes.
///
/// @param ref the credential's name
/// @param placement where the value goes in a request
/// @param scope what of a minted credential's permissions the tool needs, words with one space
///   between them; absent: all that the settings give it
public record CredentialUse(CredentialRef ref, Placement placement, Optional<String> scope) {}
