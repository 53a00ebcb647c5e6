package dev.keyward.server.identity;

import dev.keyward.call.Hashes;
import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import java.util.Base64;
import java.util.random.RandomGenerator;

/// The form of what agents present: a prefix and 43 characters of base64url, which is 256 random
/// bits.
public enum KeyForm {
  /// An agent's key, `kw_agent_…`.
  AGENT("kw_agent_"),
  /// The token of one run, `kw_run_…`.
  RUN("kw_run_");

  private static final int CHARACTERS = 43;
  private static final int BYTES = 32;

  private final String prefix;

  KeyForm(String prefix) {
    this.prefix = prefix;
  }

  /// {@return a new one; `random` decides how hard it is to guess}
  public Secret random(RandomGenerator random) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return Secret.of(prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  /// {@return whether `key` has this form}
  @TouchesSecret
  boolean shaped(Secret key) {
    return key.use(this::isShaped);
  }

  private boolean isShaped(String text) {
    if (text.length() != prefix.length() + CHARACTERS || !text.startsWith(prefix)) {
      return false;
    }
    for (int i = prefix.length(); i < text.length(); i++) {
      char c = text.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (!letter && !(c >= '0' && c <= '9') && c != '_' && c != '-') {
        return false;
      }
    }
    return true;
  }

  /// {@return what is stored of a key: its SHA-256 in hexadecimal}
  ///
  /// With 256 random bits a plain hash is enough; nothing is gained by a slow one.
  @TouchesSecret
  public static String hash(Secret key) {
    return key.use(Hashes::sha256Hex);
  }
}
