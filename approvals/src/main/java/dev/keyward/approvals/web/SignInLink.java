package dev.keyward.approvals.web;

import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import java.net.URI;
import java.time.Instant;

/// A link that signs a person in once; it exists only here, the store keeps a hash.
///
/// @param token 256 random bits, base64url
/// @param expires from when on it opens nothing
public record SignInLink(Secret token, Instant expires) {

  /// {@return the address to hand to the person, and to nobody else; it is the secret itself}
  ///
  /// @param origin the people's listener as browsers reach it, for example `http://127.0.0.1:8081`
  @TouchesSecret
  public URI at(URI origin) {
    return token.use(text -> origin.resolve("/sign-in/" + text));
  }
}
