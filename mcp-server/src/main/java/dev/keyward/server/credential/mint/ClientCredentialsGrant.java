package dev.keyward.server.credential.mint;

import dev.keyward.catalog.CredentialRef;
import dev.keyward.server.config.MintSettings.ClientCredentials;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// OAuth 2.0 client credentials (RFC 6749, section 4.4).
final class ClientCredentialsGrant implements MintKind {
  private final ClientCredentials settings;
  private final OAuthClient client;

  ClientCredentialsGrant(Issuer issuer, ClientCredentials settings, RandomGenerator random) {
    this.settings = settings;
    this.client = new OAuthClient(issuer, settings.client(), random);
  }

  @Override
  public Fresh make(Making making) throws MintFault {
    var form =
        new Form()
            .add("grant_type", "client_credentials")
            .add("scope", making.scope())
            .add("audience", settings.audience());
    return TokenAnswer.oauth(client.token(form, making), making.now());
  }

  @Override
  public Optional<TakeBack> takeBack() {
    return client.takeBack("access_token");
  }

  @Override
  public Optional<CredentialRef> base() {
    return client.secret();
  }
}
