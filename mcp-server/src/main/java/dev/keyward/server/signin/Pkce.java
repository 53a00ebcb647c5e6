package dev.keyward.server.signin;

import dev.keyward.call.Hashes;
import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// The challenge that goes with a verifier (RFC 7636, section 4.2, S256).
final class Pkce {
  private Pkce() {}

  @TouchesSecret
  static String challenge(Secret verifier) {
    return verifier.use(
        text ->
            Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(Hashes.sha256(text.getBytes(StandardCharsets.US_ASCII))));
  }
}
