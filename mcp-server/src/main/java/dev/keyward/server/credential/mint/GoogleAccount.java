package dev.keyward.server.credential.mint;

import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import dev.keyward.server.config.MintSettings.GoogleServiceAccount;
import java.util.Optional;
import java.util.random.RandomGenerator;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A token of a Google service account: an assertion with the scope inside of it.
final class GoogleAccount implements MintKind {
  private final Issuer issuer;
  private final GoogleServiceAccount settings;
  private final RandomGenerator random;

  GoogleAccount(Issuer issuer, GoogleServiceAccount settings, RandomGenerator random) {
    this.issuer = issuer;
    this.settings = settings;
    this.random = random;
  }

  /// The endpoint is the settings': one that the stored text names could be anybody's.
  @Override
  public Fresh make(Making making) throws MintFault {
    Key key = key(making.secret(settings.key()));
    ObjectNode claims =
        ClientAuthentication.claims(
            key.email, settings.subject(), settings.tokenEndpoint().toString(), making, random);
    claims.put("scope", making.scope().orElse(""));
    Secret assertion = Assertion.sign(claims, Optional.of(key.id), key.pem);
    return JwtBearerGrant.exchange(issuer, settings.tokenEndpoint(), new Form(), assertion, making);
  }

  private record Key(String email, String id, Secret pem) {}

  @TouchesSecret
  private static Key key(Secret stored) throws MintFault {
    Optional<Key> key = stored.use(GoogleAccount::parse);
    return key.orElseThrow(
        () ->
            MintFault.lasting(
                "needs the JSON key of a service account, and what is stored is none"));
  }

  private static Optional<Key> parse(String text) {
    try {
      JsonNode json = JsonMapper.shared().readTree(text);
      String email = json.path("client_email").asString("");
      String id = json.path("private_key_id").asString("");
      String pem = json.path("private_key").asString("");
      return email.isEmpty() || pem.isEmpty()
          ? Optional.empty()
          : Optional.of(new Key(email, id, Secret.of(pem)));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  @Override
  public Optional<CredentialRef> base() {
    return Optional.of(settings.key());
  }
}
