package dev.keyward.call;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// Seals what others keep for the broker, a database or a client: AES-256-GCM with a random nonce
/// for each, and what it belongs to bound in, so that what was changed, or put in another's place,
/// does not open. Thread-safe.
public final class Seal {
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  private final SecretKey key;
  private final RandomGenerator random;

  /// Seals under `key`.
  ///
  /// @param key for AES, and for nothing else
  /// @param random unpredictable; a repeated nonce would undo the encryption
  public Seal(SecretKey key, RandomGenerator random) {
    this.key = key;
    this.random = random;
  }

  /// {@return nonce and ciphertext, as base64url without padding}
  ///
  /// @param bound what it belongs to
  public String seal(List<String> bound, byte[] plain) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    try {
      byte[] text = cipher(Cipher.ENCRYPT_MODE, nonce, bound).doFinal(plain);
      byte[] both = ByteBuffer.allocate(nonce.length + text.length).put(nonce).put(text).array();
      return Base64.getUrlEncoder().withoutPadding().encodeToString(both);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("nothing can be sealed", e);
    }
  }

  /// {@return what was sealed; empty if it is not as it was given away, or belongs elsewhere}
  public Optional<byte[]> open(List<String> bound, String sealed) {
    try {
      byte[] both = Base64.getUrlDecoder().decode(sealed);
      byte[] nonce = new byte[NONCE_BYTES];
      ByteBuffer.wrap(both).get(nonce);
      return Optional.of(
          cipher(Cipher.DECRYPT_MODE, nonce, bound)
              .doFinal(both, NONCE_BYTES, both.length - NONCE_BYTES));
    } catch (GeneralSecurityException | RuntimeException changed) {
      return Optional.empty();
    }
  }

  private Cipher cipher(int mode, byte[] nonce, List<String> bound)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    ArrayNode names = JsonNodeFactory.instance.arrayNode();
    bound.forEach(names::add);
    cipher.updateAAD(CanonicalJson.write(names).getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
