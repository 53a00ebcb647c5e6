package dev.keyward.server.pipeline;

import dev.keyward.call.CallDigest;
import dev.keyward.call.Hashes;
import dev.keyward.call.RunId;
import java.util.HexFormat;
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
    byte[] hash = Hashes.hmac(key, run.value() + "|" + digest.value() + "|" + told);
    return HexFormat.of().formatHex(hash).substring(0, LENGTH);
  }
}
