package dev.keyward.server.credential.mint;

import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import dev.keyward.server.config.MintSettings.Client;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// How the broker shows an OAuth server which client it is.
final class ClientAuthentication {
  private static final String JWT = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
  private static final int SECONDS = 60;
  private static final int ID_BYTES = 16;

  private final Client client;
  private final RandomGenerator random;

  ClientAuthentication(Client client, RandomGenerator random) {
    this.client = client;
    this.random = random;
  }

  /// Adds to `form` what belongs there.
  ///
  /// @return the headers
  Map<String, Secret> show(Form form, Making making) throws MintFault {
    switch (client.auth()) {
      case BASIC -> {
        return Map.of("Authorization", basic(client.id(), secret(making)));
      }
      case POST -> form.add("client_id", client.id()).add("client_secret", secret(making));
      case PRIVATE_KEY_JWT ->
          form.add("client_id", client.id())
              .add("client_assertion_type", JWT)
              .add("client_assertion", assertion(secret(making), making));
      case NONE -> form.add("client_id", client.id());
    }
    return Map.of();
  }

  private Secret secret(Making making) throws MintFault {
    Optional<CredentialRef> secret = client.secret();
    if (secret.isEmpty()) {
      throw MintFault.lasting("needs a client secret, and config.yaml names none");
    }
    return making.secret(secret.get());
  }

  private Secret assertion(Secret key, Making making) throws MintFault {
    ObjectNode claims =
        claims(
            client.id(),
            Optional.of(client.id()),
            client.tokenEndpoint().toString(),
            making,
            random);
    return Assertion.sign(claims, client.keyId(), key);
  }

  /// {@return the claims of an assertion (RFC 7523, section 3) that is good for a minute}
  static ObjectNode claims(
      String issuer,
      Optional<String> subject,
      String audience,
      Making making,
      RandomGenerator random) {
    byte[] id = new byte[ID_BYTES];
    random.nextBytes(id);
    long now = making.now().getEpochSecond();
    ObjectNode claims = JsonNodeFactory.instance.objectNode();
    claims.put("iss", issuer).put("aud", audience).put("iat", now).put("exp", now + SECONDS);
    claims.put("jti", HexFormat.of().formatHex(id));
    subject.ifPresent(who -> claims.put("sub", who));
    return claims;
  }

  /// Both parts are encoded as in a form first (RFC 6749, section 2.3.1).
  @TouchesSecret
  private static Secret basic(String id, Secret secret) {
    return secret.use(
        text -> {
          byte[] pair =
              (Form.encoded(id) + ":" + Form.encoded(text)).getBytes(StandardCharsets.UTF_8);
          return Secret.of("Basic " + Base64.getEncoder().encodeToString(pair));
        });
  }
}
