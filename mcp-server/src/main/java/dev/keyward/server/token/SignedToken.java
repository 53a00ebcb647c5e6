package dev.keyward.server.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import dev.keyward.server.token.BadToken.Why;
import java.io.IOException;
import java.text.ParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// A token taken apart, of which nothing is known to be true before [#signedBy] says so.
///
/// @param payload what it says
record SignedToken(JWSObject jws, JsonNode payload) {
  private static final int MAX_CHARACTERS = 8192;

  /// RFC 7519 and RFC 9068; a token of another type, such as a logout token, is for another use.
  private static final Set<String> TYPES = Set.of("jwt", "at+jwt", "application/at+jwt");

  /// Takes a token apart.
  ///
  /// @throws BadToken if it is none
  @TouchesSecret
  static SignedToken parse(Secret token) {
    return token.use(SignedToken::parsed);
  }

  private static SignedToken parsed(String text) {
    if (text.length() > MAX_CHARACTERS) {
      throw new BadToken("", Why.MALFORMED);
    }
    try {
      JWSObject jws = JWSObject.parse(text);
      return new SignedToken(jws, TokenJson.object(jws.getPayload().toBytes()));
    } catch (ParseException | IOException | IllegalArgumentException e) {
      throw new BadToken("", Why.MALFORMED);
    }
  }

  /// {@return who is said to have issued it}
  String issuer() {
    JsonNode issuer = payload.path("iss");
    return issuer.isString() ? issuer.stringValue() : "";
  }

  /// {@return the name of its signature algorithm}
  String algorithm() {
    return jws.getHeader().getAlgorithm().getName();
  }

  JWSHeader header() {
    return jws.getHeader();
  }

  /// {@return whether its header names a use that agents' and people's tokens have, or none}
  boolean usual() {
    return Optional.ofNullable(header().getType())
        .map(type -> TYPES.contains(type.getType().toLowerCase(Locale.ROOT)))
        .orElse(true);
  }

  /// {@return whether `key` made its signature; keys that the token itself carries are not looked
  /// at}
  boolean signedBy(JWK key) {
    try {
      JWSVerifier verifier =
          key instanceof RSAKey rsa
              ? new RSASSAVerifier(rsa.toRSAPublicKey())
              : new ECDSAVerifier(key.toECKey().toECPublicKey());
      return jws.verify(verifier); // false for every critical extension, since none is known here
    } catch (JOSEException e) {
      return false; // of another curve or size than its algorithm wants
    }
  }

  /// One that prints nothing: the token is as good as a key.
  @Override
  public String toString() {
    return "[token]";
  }
}
