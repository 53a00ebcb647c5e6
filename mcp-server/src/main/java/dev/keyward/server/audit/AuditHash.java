package dev.keyward.server.audit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// The hashes of the record, each with a first byte of its own so that none passes for another.
///
/// Holds one digest and uses it again and again: for one thread.
final class AuditHash {
  /// What the first record of a chain follows on.
  static final String START = "0".repeat(64);

  private static final byte LEAF = 0;
  private static final byte NODE = 1;
  private static final byte CHAIN = 2;

  private final MessageDigest sha256 = sha256();

  /// {@return SHA-256(0x00 || data): a record's, or a Merkle leaf's (RFC 6962, section 2.1)}
  byte[] leaf(String data) {
    sha256.update(LEAF);
    return sha256.digest(data.getBytes(StandardCharsets.UTF_8));
  }

  /// {@return SHA-256(0x01 || left || right), RFC 6962, section 2.1}
  byte[] node(byte[] left, byte[] right) {
    sha256.update(NODE);
    sha256.update(left);
    return sha256.digest(right);
  }

  /// {@return SHA-256(0x02 || before || leaf): what binds a record to all before it}
  byte[] chain(byte[] before, byte[] leaf) {
    sha256.update(CHAIN);
    sha256.update(before);
    return sha256.digest(leaf);
  }

  /// {@return SHA-256 over nothing but `data`}
  byte[] plain(byte[] data) {
    return sha256.digest(data);
  }

  static String hex(byte[] hash) {
    return HexFormat.of().formatHex(hash);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
