package dev.keyward.approvals.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.keyward.call.Hashes;
import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.random.RandomGenerator;
import javax.crypto.spec.SecretKeySpec;

/// How tokens of 256 bits are made, and what is kept and shown in their stead.
final class Tokens {
  private static final int BYTES = 32;
  private static final String TERMINAL = "kw_person_";
  private static final String CSRF_LABEL = "keyward csrf 1";

  private Tokens() {}

  static Secret random(RandomGenerator random) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return Secret.of(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  /// {@return a token for a terminal, which is known as one wherever it turns up}
  @TouchesSecret
  static Secret ofTerminal(RandomGenerator random) {
    return random(random).use(text -> Secret.of(TERMINAL + text));
  }

  /// {@return SHA-256 in hexadecimal: a token has 256 random bits, so a slow hash adds nothing}
  @TouchesSecret
  static String hash(Secret token) {
    return token.use(text -> fingerprint(text.getBytes(UTF_8)));
  }

  /// {@return SHA-256 in hexadecimal}
  static String fingerprint(byte[] bytes) {
    return Hashes.sha256Hex(bytes);
  }

  /// {@return a value only the holder of `token` could have been given, and that does not tell it}
  static String csrf(Secret token) {
    return derived(token, CSRF_LABEL);
  }

  /// {@return such a value for one use, which tells nothing of those for other uses}
  @TouchesSecret
  static String derived(Secret token, String use) {
    byte[] mac =
        token.use(text -> Hashes.hmac(new SecretKeySpec(text.getBytes(UTF_8), "HmacSHA256"), use));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(mac);
  }

  static boolean same(String one, String other) {
    return MessageDigest.isEqual(one.getBytes(UTF_8), other.getBytes(UTF_8));
  }
}
