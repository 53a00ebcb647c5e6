package dev.keyward.server.credential.mint;

import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import dev.keyward.server.config.MintSettings.ClientCredentials;
import dev.keyward.server.upstream.Enquiry;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// OAuth 2.0 client credentials (RFC 6749, section 4.4).
final class ClientCredentialsGrant implements MintKind {
  private final Issuer issuer;
  private final ClientCredentials settings;
  private final ClientAuthentication client;

  ClientCredentialsGrant(Issuer issuer, ClientCredentials settings, RandomGenerator random) {
    this.issuer = issuer;
    this.settings = settings;
    this.client = new ClientAuthentication(settings.client(), random);
  }

  @Override
  public Fresh make(Making making) throws MintFault {
    var form =
        new Form()
            .add("grant_type", "client_credentials")
            .add("scope", making.scope())
            .add("audience", settings.audience());
    Map<String, Secret> headers = client.show(form, making);
    var enquiry =
        new Enquiry(
            "POST", settings.client().tokenEndpoint(), headers, Optional.of(form.content()));
    return TokenAnswer.oauth(issuer.ask(enquiry), making.now());
  }

  @Override
  public boolean revokes() {
    return settings.client().revocationEndpoint().isPresent();
  }

  @Override
  public void revoke(Secret token, Making making) throws MintFault {
    TokenRevocation.ask(issuer, settings.client(), client, token, "access_token", making);
  }

  @Override
  public Optional<CredentialRef> base() {
    return settings.client().secret();
  }
}
