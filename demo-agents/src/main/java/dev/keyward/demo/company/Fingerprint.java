package dev.keyward.demo.company;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// What may be shown of a key: enough to tell two keys apart, nothing that opens a door.
///
/// @param text the first 12 hex digits of the key's SHA-256, or `-` where no key was presented
public record Fingerprint(String text) {
  /// A request without any key.
  public static final Fingerprint NONE = new Fingerprint("-");

  private static final int DIGITS = 12;

  /// {@return the fingerprint of `key`}
  public static Fingerprint of(String key) {
    return new Fingerprint(HexFormat.of().formatHex(sha256(key)).substring(0, DIGITS));
  }

  static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException absent) {
      throw new IllegalStateException("every JDK has SHA-256", absent);
    }
  }

  @Override
  public String toString() {
    return text;
  }
}
