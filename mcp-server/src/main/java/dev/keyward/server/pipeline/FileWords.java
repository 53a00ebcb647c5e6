package dev.keyward.server.pipeline;

import dev.keyward.call.Hashes;

/// What is said of a file: its type, its size and its SHA-256.
final class FileWords {
  private FileWords() {}

  static String of(String type, byte[] bytes) {
    return "A file of type "
        + type
        + " and "
        + bytes.length
        + " bytes, SHA-256 "
        + Hashes.sha256Hex(bytes)
        + ".";
  }
}
