package dev.keyward.server.pipeline;

import dev.keyward.call.CallDigest;
import dev.keyward.call.RunId;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.SecretKey;

/// Makes the key by which an upstream tells a repeated write from a new one.
///
/// It is an HMAC, so that nobody who knows a call can guess its key, and it stays the same for the
/// same write until the agent has been told the outcome.
final class IdempotencyKeys {
  private static final int LENGTH = 40;

  private final SecretKey key;

  IdempotencyKeys(SecretKey key) {
    this.key = key;
  }

  /// {@return 40 hexadecimal digits}
  ///
  /// @param told how many outcomes of this very write the agent has been told
  String of(RunId run, CallDigest digest, int told) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      String text = run.value() + "|" + digest.value() + "|" + told;
      byte[] hash = mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash).substring(0, LENGTH);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }
}
