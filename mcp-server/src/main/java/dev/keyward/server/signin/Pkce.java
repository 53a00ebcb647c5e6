package dev.keyward.server.signin;

import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/// The challenge that goes with a verifier (RFC 7636, section 4.2, S256).
final class Pkce {
  private Pkce() {}

  @TouchesSecret
  static String challenge(Secret verifier) {
    return verifier.use(text -> sha256(text.getBytes(StandardCharsets.US_ASCII)));
  }

  private static String sha256(byte[] bytes) {
    try {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
