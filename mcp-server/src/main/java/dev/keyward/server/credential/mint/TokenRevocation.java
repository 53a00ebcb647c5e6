package dev.keyward.server.credential.mint;

import dev.keyward.redaction.Secret;
import dev.keyward.server.config.MintSettings.Client;
import dev.keyward.server.upstream.Enquiry;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/// OAuth 2.0 token revocation (RFC 7009). A token that the server does not know counts as revoked:
/// it answers 200 to that as well.
final class TokenRevocation {
  private static final int NO_OTHER_STATUS = 200;

  private TokenRevocation() {}

  /// Asks, where the settings name an endpoint.
  ///
  /// @param hint what `token` is: `access_token` or `refresh_token`
  static void ask(
      Issuer issuer,
      Client client,
      ClientAuthentication shown,
      Secret token,
      String hint,
      Making making)
      throws MintFault {
    Optional<URI> endpoint = client.revocationEndpoint();
    if (endpoint.isPresent()) {
      var form = new Form().add("token", token).add("token_type_hint", hint);
      Map<String, Secret> headers = shown.show(form, making);
      var enquiry = new Enquiry("POST", endpoint.get(), headers, Optional.of(form.content()));
      issuer.tell(enquiry, NO_OTHER_STATUS);
    }
  }
}
