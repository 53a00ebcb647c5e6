package dev.keyward.server.credential;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads private keys in PEM: PKCS #8 (RFC 5958), and PKCS #1, which GitHub gives out.
public final class PrivateKeys {
  private static final Pattern PEM =
      Pattern.compile(
          "\\s*-----BEGIN (RSA )?PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END (?:RSA )?PRIVATE"
              + " KEY-----\\s*");

  /// In DER: version 0, and the algorithm rsaEncryption with no parameters.
  private static final byte[] RSA = HexFormat.of().parseHex("020100300d06092a864886f70d0101010500");

  private PrivateKeys() {}

  /// {@return the key, or empty if it is none}
  public static Optional<PrivateKey> parse(String pem) {
    Matcher parts = PEM.matcher(pem);
    if (!parts.matches()) {
      return Optional.empty();
    }
    byte[] der;
    try {
      der = Base64.getMimeDecoder().decode(parts.group(2));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    var spec = new PKCS8EncodedKeySpec(parts.group(1) == null ? der : wrapped(der));
    for (String algorithm : List.of("RSA", "EC")) {
      try {
        return Optional.of(KeyFactory.getInstance(algorithm).generatePrivate(spec));
      } catch (GeneralSecurityException e) {
        // the next one
      }
    }
    return Optional.empty();
  }

  private static byte[] wrapped(byte[] pkcs1) {
    byte[] key = tagged(0x04, pkcs1);
    return tagged(0x30, ByteBuffer.allocate(RSA.length + key.length).put(RSA).put(key).array());
  }

  /// Lengths up to 64 KiB in the two-byte form, which decoders of BER and the JDK take.
  private static byte[] tagged(int tag, byte[] content) {
    return ByteBuffer.allocate(content.length + 4)
        .put((byte) tag)
        .put((byte) 0x82)
        .putShort((short) content.length)
        .put(content)
        .array();
  }
}
