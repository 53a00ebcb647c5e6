package dev.keyward.server.identity;

import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/// The form of an agent's key: `kw_agent_` and 43 characters of base64url, which is 256 random
/// bits.
final class AgentKey {
  private static final String PREFIX = "kw_agent_";
  private static final int CHARACTERS = 43;
  private static final int BYTES = 32;

  private AgentKey() {}

  static Secret random(RandomGenerator random) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return Secret.of(PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  @TouchesSecret
  static boolean shaped(Secret key) {
    return key.use(AgentKey::isShaped);
  }

  private static boolean isShaped(String text) {
    if (text.length() != PREFIX.length() + CHARACTERS || !text.startsWith(PREFIX)) {
      return false;
    }
    for (int i = PREFIX.length(); i < text.length(); i++) {
      char c = text.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (!letter && !(c >= '0' && c <= '9') && c != '_' && c != '-') {
        return false;
      }
    }
    return true;
  }

  /// With 256 random bits a plain hash is enough; nothing is gained by a slow one.
  @TouchesSecret
  static String hash(Secret key) {
    return key.use(text -> sha256(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
