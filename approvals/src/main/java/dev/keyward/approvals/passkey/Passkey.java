package dev.keyward.approvals.passkey;

/// A passkey as its site knows it. Nothing in it is secret.
///
/// @param credential its name, base64url
/// @param publicKey COSE_Key (RFC 9052), base64url
public record Passkey(String credential, String publicKey) {}
