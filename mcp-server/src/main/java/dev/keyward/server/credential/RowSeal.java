package dev.keyward.server.credential;

import dev.keyward.call.CanonicalJson;
import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// Seals secrets for a row: AES-256-GCM with a random nonce for each, and what names the row bound
/// in, so that one that was changed, or put into another row, does not open. Thread-safe.
public final class RowSeal {
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final JsonMapper JSON = JsonMapper.shared();

  private final SecretKey key;
  private final RandomGenerator random;

  /// @param key for AES, for one kind of rows only
  public RowSeal(SecretKey key, RandomGenerator random) {
    this.key = key;
    this.random = random;
  }

  /// {@return nonce and ciphertext, as base64url without padding}
  ///
  /// @param of what names the row
  @TouchesSecret
  public String seal(List<String> of, List<Secret> secrets) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    ArrayNode plain = JsonNodeFactory.instance.arrayNode();
    secrets.forEach(secret -> plain.add(secret.<String>use(text -> text)));
    try {
      byte[] text = cipher(Cipher.ENCRYPT_MODE, nonce, of).doFinal(JSON.writeValueAsBytes(plain));
      byte[] both = ByteBuffer.allocate(nonce.length + text.length).put(nonce).put(text).array();
      return Base64.getUrlEncoder().withoutPadding().encodeToString(both);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("secrets cannot be sealed", e);
    }
  }

  /// {@return what was sealed; empty if it is not as it was stored}
  public Optional<List<Secret>> open(List<String> of, String sealed) {
    try {
      byte[] both = Base64.getUrlDecoder().decode(sealed);
      byte[] nonce = new byte[NONCE_BYTES];
      ByteBuffer.wrap(both).get(nonce);
      byte[] plain =
          cipher(Cipher.DECRYPT_MODE, nonce, of)
              .doFinal(both, NONCE_BYTES, both.length - NONCE_BYTES);
      List<Secret> secrets = new ArrayList<>();
      for (JsonNode text : JSON.readTree(plain)) {
        secrets.add(Secret.of(text.stringValue()));
      }
      return Optional.of(secrets);
    } catch (GeneralSecurityException | RuntimeException changed) {
      return Optional.empty();
    }
  }

  private Cipher cipher(int mode, byte[] nonce, List<String> of) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    ArrayNode bound = JsonNodeFactory.instance.arrayNode();
    of.forEach(bound::add);
    cipher.updateAAD(CanonicalJson.write(bound).getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
