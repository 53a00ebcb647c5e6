package dev.keyward.server.handle;

import dev.keyward.call.Hashes;
import dev.keyward.redaction.Handle;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.random.RandomGenerator;
import javax.crypto.SecretKey;

/// Makes handles that nobody else can make: 80 random bits, and 50 bits of an HMAC over these and
/// the kind. Thread-safe.
final class HandleTags {
  private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
  private static final int RANDOM = 16;
  private static final int TAG = 10;

  private final SecretKey key;
  private final RandomGenerator random;

  HandleTags(SecretKey key, RandomGenerator random) {
    this.key = key;
    this.random = random;
  }

  Handle make(String kind) {
    byte[] bytes = new byte[RANDOM];
    random.nextBytes(bytes);
    String letters = letters(bytes, RANDOM);
    return new Handle(kind, letters + tag(kind, letters));
  }

  /// {@return whether an installation with this key made `handle`}
  boolean isOurs(Handle handle) {
    String letters = handle.id().substring(0, RANDOM);
    byte[] expected = tag(handle.kind(), letters).getBytes(StandardCharsets.US_ASCII);
    byte[] shown = handle.id().substring(RANDOM).getBytes(StandardCharsets.US_ASCII);
    return MessageDigest.isEqual(expected, shown);
  }

  private String tag(String kind, String letters) {
    return letters(Hashes.hmac(key, kind + "|" + letters), TAG);
  }

  private static String letters(byte[] bytes, int count) {
    var out = new StringBuilder(count);
    for (int i = 0; i < count; i++) {
      out.append(ALPHABET.charAt(bytes[i] & (ALPHABET.length() - 1)));
    }
    return out.toString();
  }
}
