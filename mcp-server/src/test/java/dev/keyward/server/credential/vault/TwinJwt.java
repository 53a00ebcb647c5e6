package dev.keyward.server.credential.vault;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a [VaultTwin] needs of RFC 7519: ES256 by one key.
final class TwinJwt {
  private TwinJwt() {}

  /// {@return the claims, if the key has signed them}
  static Optional<JsonNode> claims(String jwt, String pem) {
    String[] parts = jwt.split("\\.", -1);
    if (parts.length != 3) {
      return Optional.empty();
    }
    try {
      byte[] key = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
      var signature = Signature.getInstance("SHA256withECDSAinP1363Format");
      signature.initVerify(
          KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(key)));
      signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
      return signature.verify(Base64.getUrlDecoder().decode(parts[2]))
          ? Optional.of(JsonMapper.shared().readTree(Base64.getUrlDecoder().decode(parts[1])))
          : Optional.empty();
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }
}
