package dev.keyward.server.handle;

import dev.keyward.call.CanonicalJson;
import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// Seals what handles stand for: AES-256-GCM with a random nonce for each, and all that is known of
/// the handle bound in, so that a row that was changed does not open. Thread-safe.
final class HandleSeal {
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final JsonMapper JSON = JsonMapper.shared();

  private final SecretKey key;
  private final RandomGenerator random;

  HandleSeal(SecretKey key, RandomGenerator random) {
    this.key = key;
    this.random = random;
  }

  /// What is stored.
  ///
  /// @param nonce hexadecimal
  /// @param ciphertext base64url without padding
  record Sealed(String nonce, String ciphertext) {}

  @TouchesSecret
  Sealed seal(GivenHandle given, Held held) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] plain =
        held.value()
            .use(
                value ->
                    JSON.writeValueAsBytes(
                        JsonNodeFactory.instance
                            .objectNode()
                            .put("value", value)
                            .put("shown", held.shown())));
    try {
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce, given).doFinal(plain);
      return new Sealed(
          HexFormat.of().formatHex(nonce),
          Base64.getUrlEncoder().withoutPadding().encodeToString(sealed));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a value cannot be sealed", e);
    }
  }

  /// {@return what `given` stands for; empty if the row is not as it was stored}
  Optional<Held> open(GivenHandle given, Sealed sealed) {
    try {
      byte[] nonce = HexFormat.of().parseHex(sealed.nonce());
      byte[] plain =
          cipher(Cipher.DECRYPT_MODE, nonce, given)
              .doFinal(Base64.getUrlDecoder().decode(sealed.ciphertext()));
      JsonNode held = JSON.readTree(plain);
      return Optional.of(
          new Held(Secret.of(held.get("value").stringValue()), held.get("shown").stringValue()));
    } catch (GeneralSecurityException | IllegalArgumentException changed) {
      return Optional.empty();
    }
  }

  private Cipher cipher(int mode, byte[] nonce, GivenHandle given) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(bound(given).getBytes(StandardCharsets.UTF_8));
    return cipher;
  }

  private static String bound(GivenHandle given) {
    var document = JsonNodeFactory.instance.arrayNode();
    document.add("handle 1");
    document.add(given.handle().text());
    document.add(given.run().value());
    document.add(given.agent().value());
    document.add(given.from().value());
    document.add(given.target().system());
    document.add(given.target().origin().toString());
    given.to().forEach(pattern -> document.add(pattern.value()));
    document.add(given.given().toString());
    return CanonicalJson.write(document);
  }
}
