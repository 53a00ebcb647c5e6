package dev.keyward.server.credential.mint;

import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import dev.keyward.server.config.MintSettings.Client;
import dev.keyward.server.upstream.Enquiry;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;

/// The broker as one client of an OAuth server: asks for tokens, and has them taken back. Safe for
/// all threads.
final class OAuthClient {
  private static final int NO_OTHER_STATUS = 200;

  private final Issuer issuer;
  private final Client settings;
  private final ClientAuthentication authentication;

  OAuthClient(Issuer issuer, Client settings, RandomGenerator random) {
    this.issuer = issuer;
    this.settings = settings;
    this.authentication = new ClientAuthentication(settings, random);
  }

  /// {@return what the token endpoint answers to `form`}
  JsonNode token(Form form, Making making) throws MintFault {
    return issuer.ask(request(settings.tokenEndpoint(), form, making));
  }

  /// {@return how tokens are taken back (RFC 7009), where the settings say where} One that the
  /// server does not know counts as taken back: it answers 200 to that as well.
  ///
  /// @param hint what they are: `access_token` or `refresh_token`
  Optional<TakeBack> takeBack(String hint) {
    return settings
        .revocationEndpoint()
        .map(
            endpoint ->
                (token, making) -> {
                  var form = new Form().add("token", token).add("token_type_hint", hint);
                  issuer.tell(request(endpoint, form, making), NO_OTHER_STATUS);
                });
  }

  /// {@return the stored secret that the server is shown, if any}
  Optional<CredentialRef> secret() {
    return settings.secret();
  }

  private Enquiry request(URI endpoint, Form form, Making making) throws MintFault {
    Map<String, Secret> headers = authentication.show(form, making); // adds to the form, too
    return new Enquiry("POST", endpoint, headers, Optional.of(form.content()));
  }
}
