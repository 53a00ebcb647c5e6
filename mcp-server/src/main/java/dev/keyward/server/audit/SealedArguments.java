package dev.keyward.server.audit;

import dev.keyward.call.CallId;

/// A call's arguments as they may be stored: encrypted, with their salted hash. [ArgumentVault]
/// makes it.
///
/// @param call whose they are; the ciphertext opens for this call only
/// @param hash SHA-256(salt || canonical arguments), 64 hexadecimal digits: for the record
/// @param salt 16 bytes in hexadecimal; without it the hash tells nothing
/// @param nonce 12 bytes in hexadecimal
/// @param ciphertext AES-256-GCM, base64url
public record SealedArguments(
    CallId call, String hash, String salt, String nonce, String ciphertext) {
  @Override
  public String toString() {
    return "[sealed arguments of " + call + "]";
  }
}
