package dev.keyward.server.credential.mint;

import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import dev.keyward.server.config.MintSettings.Endpoint;
import dev.keyward.server.upstream.Enquiry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// A token from any endpoint that takes a key and answers with JSON.
final class EndpointToken implements MintKind {
  private static final int UNAUTHORIZED = 401;

  private final Issuer issuer;
  private final Endpoint settings;

  EndpointToken(Issuer issuer, Endpoint settings) {
    this.issuer = issuer;
    this.settings = settings;
  }

  @Override
  public Fresh make(Making making) throws MintFault {
    var enquiry =
        new Enquiry(
            "POST",
            settings.url(),
            headers(making.secret(settings.key())),
            settings.body().map(body -> new Enquiry.Content("application/json", Secret.of(body))));
    JsonNode answer = issuer.ask(enquiry);
    Optional<JsonNode> seconds = settings.expiresInField().map(answer::at);
    return new Fresh(
        TokenAnswer.token(answer.at(settings.tokenField())),
        List.of(),
        seconds.isEmpty() ? Optional.empty() : TokenAnswer.expiresIn(seconds.get(), making.now()),
        Optional.empty());
  }

  /// A token that is not accepted any more has ended already.
  @Override
  public Optional<TakeBack> takeBack() {
    return settings
        .giveBack()
        .map(
            how ->
                (token, _) ->
                    issuer.tell(
                        new Enquiry(how.method(), how.url(), headers(token), Optional.empty()),
                        UNAUTHORIZED));
  }

  private Map<String, Secret> headers(Secret key) {
    Map<String, Secret> headers = new HashMap<>();
    settings.headers().forEach((name, value) -> headers.put(name, Secret.of(value)));
    headers.put(settings.keyHeader(), prefixed(key));
    return headers;
  }

  @TouchesSecret
  private Secret prefixed(Secret key) {
    return key.use(text -> Secret.of(settings.keyPrefix() + text));
  }

  @Override
  public Optional<CredentialRef> base() {
    return Optional.of(settings.key());
  }
}
