package dev.keyward.server;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// SHA-256 over what a setting says, so that the audit can tell one configuration from another.
final class Digest {
  private Digest() {}

  /// {@return 64 hexadecimal digits}
  static String of(String settings) {
    try {
      byte[] bytes = settings.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
