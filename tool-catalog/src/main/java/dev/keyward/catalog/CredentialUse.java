package dev.keyward.catalog;

/// Which credential a tool needs and where its value goes.
///
/// @param ref the credential's name
/// @param placement where the value goes in a request
public record CredentialUse(CredentialRef ref, Placement placement) {}
