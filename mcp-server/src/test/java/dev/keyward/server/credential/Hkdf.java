package dev.keyward.server.credential;

import java.nio.charset.StandardCharsets;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// RFC 5869 written out for one block, to check the JDK's against.
final class Hkdf {
  private Hkdf() {}

  static byte[] sha256(byte[] key, String info) {
    byte[] extracted = hmac(new byte[32], key);
    byte[] text = (info + "\u0001").getBytes(StandardCharsets.ISO_8859_1);
    return hmac(extracted, text);
  }

  private static byte[] hmac(byte[] key, byte[] text) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text);
    } catch (java.security.GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
