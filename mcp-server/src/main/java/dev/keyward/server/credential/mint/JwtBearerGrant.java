package dev.keyward.server.credential.mint;

import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import dev.keyward.server.config.MintSettings.JwtBearer;
import dev.keyward.server.upstream.Enquiry;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import tools.jackson.databind.node.ObjectNode;

/// A signed assertion in exchange for a token (RFC 7523, section 2.1).
final class JwtBearerGrant implements MintKind {
  private static final String GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";

  private final Issuer issuer;
  private final JwtBearer settings;
  private final RandomGenerator random;

  JwtBearerGrant(Issuer issuer, JwtBearer settings, RandomGenerator random) {
    this.issuer = issuer;
    this.settings = settings;
    this.random = random;
  }

  @Override
  public Fresh make(Making making) throws MintFault {
    ObjectNode claims =
        ClientAuthentication.claims(
            settings.issuer(), settings.subject(), settings.audience(), making, random);
    Secret assertion = Assertion.sign(claims, settings.keyId(), making.secret(settings.key()));
    var form = new Form().add("scope", making.scope());
    return exchange(issuer, settings.tokenEndpoint(), form, assertion, making);
  }

  /// {@return the token that the endpoint gives for `assertion`}
  static Fresh exchange(Issuer issuer, URI endpoint, Form form, Secret assertion, Making making)
      throws MintFault {
    form.add("grant_type", GRANT).add("assertion", assertion);
    var enquiry = new Enquiry("POST", endpoint, Map.of(), Optional.of(form.content()));
    return TokenAnswer.oauth(issuer.ask(enquiry), making.now());
  }

  @Override
  public Optional<CredentialRef> base() {
    return Optional.of(settings.key());
  }
}
