package dev.keyward.server.upstream;

import dev.keyward.call.Hashes;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import javax.crypto.spec.SecretKeySpec;

/// The digests that signatures of requests are made of.
final class Signatures {
  private Signatures() {}

  static byte[] hmac(byte[] key, String text) {
    return Hashes.hmac(new SecretKeySpec(key, "HmacSHA256"), text);
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
