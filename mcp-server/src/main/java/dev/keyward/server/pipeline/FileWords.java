package dev.keyward.server.pipeline;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// What is said of a file: its type, its size and its SHA-256.
final class FileWords {
  private FileWords() {}

  static String of(String type, byte[] bytes) {
    return "A file of type "
        + type
        + " and "
        + bytes.length
        + " bytes, SHA-256 "
        + sha256(bytes)
        + ".";
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
