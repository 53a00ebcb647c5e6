package dev.keyward.server.handle;

import javax.crypto.SecretKey;

/// The keys of an installation that handles need, each of 32 bytes and for nothing else.
///
/// @param seal for AES, under which values are stored
/// @param tag for HmacSHA256, by which a handle is known as given here
/// @param digest for HmacSHA256, which tells equal values apart from others without telling them
public record HandleKeys(SecretKey seal, SecretKey tag, SecretKey digest) {
  @Override
  public String toString() {
    return "[handle keys]";
  }
}
