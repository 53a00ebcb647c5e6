package dev.keyward.server.credential.mint;

import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import dev.keyward.server.credential.PrivateKeys;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.util.Base64;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A JWT that the broker signs to show who it is (RFC 7519, RFC 7515): RS256 with an RSA key, ES256
/// with one on P-256.
final class Assertion {
  private static final int P256_BITS = 256;

  private Assertion() {}

  /// {@return the signed token}
  ///
  /// @param key the private key as PEM
  @TouchesSecret
  static Secret sign(ObjectNode claims, Optional<String> keyId, Secret key) throws MintFault {
    Optional<PrivateKey> parsed = key.use(PrivateKeys::parse);
    PrivateKey signing =
        parsed.orElseThrow(
            () -> MintFault.lasting("needs a private key in PEM, and what is stored is none"));
    boolean curve = signing instanceof ECPrivateKey;
    if (signing instanceof ECPrivateKey ec && ec.getParams().getOrder().bitLength() != P256_BITS) {
      throw MintFault.lasting("needs an RSA key or one on P-256, and what is stored is neither");
    }
    ObjectNode header = JsonNodeFactory.instance.objectNode();
    header.put("alg", curve ? "ES256" : "RS256").put("typ", "JWT");
    keyId.ifPresent(id -> header.put("kid", id));
    String signed = base64(utf8(header.toString())) + "." + base64(utf8(claims.toString()));
    return Secret.of(signed + "." + base64(signature(signing, curve, utf8(signed))));
  }

  private static byte[] signature(PrivateKey key, boolean curve, byte[] text) throws MintFault {
    try {
      var signature =
          Signature.getInstance(curve ? "SHA256withECDSAinP1363Format" : "SHA256withRSA");
      signature.initSign(key);
      signature.update(text);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw MintFault.lasting("needs a private key that can sign, and what is stored cannot");
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
