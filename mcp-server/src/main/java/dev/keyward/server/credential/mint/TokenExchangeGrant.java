package dev.keyward.server.credential.mint;

import dev.keyward.call.Caller;
import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import dev.keyward.server.config.MintSettings.TokenExchange;
import dev.keyward.server.credential.Subject;
import dev.keyward.server.credential.Subjects;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;

/// A token in exchange for another (RFC 8693): for that of the person for whom the run acts, or for
/// the broker's own.
final class TokenExchangeGrant implements MintKind {
  private static final String GRANT = "urn:ietf:params:oauth:grant-type:token-exchange";
  private static final String ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

  private final TokenExchange settings;
  private final Subjects subjects;
  private final OAuthClient client;

  TokenExchangeGrant(
      Issuer issuer, TokenExchange settings, Subjects subjects, RandomGenerator random) {
    this.settings = settings;
    this.subjects = subjects;
    this.client = new OAuthClient(issuer, settings.client(), random);
  }

  @Override
  public Fresh make(Making making) throws MintFault {
    List<Secret> own = new ArrayList<>();
    var form = new Form().add("grant_type", GRANT);
    Optional<String> person = settings.subjectIssuer();
    token(form, "subject", person.isPresent() ? delegators(making) : own(own, making));
    if (settings.actor()) {
      token(form, "actor", own(own, making));
    }
    form.add("requested_token_type", ACCESS_TOKEN)
        .add("audience", settings.audience())
        .add("resource", settings.resource())
        .add("scope", making.scope());
    JsonNode answer = client.token(form, making);
    requireAccessToken(answer);
    Fresh fresh = TokenAnswer.oauth(answer, making.now());
    return new Fresh(fresh.value(), own, fresh.expires(), fresh.scope());
  }

  private static void token(Form form, String role, Secret token) {
    form.add(role + "_token", token).add(role + "_token_type", ACCESS_TOKEN);
  }

  private Secret delegators(Making making) throws MintFault {
    return making
        .caller()
        .flatMap(this::subject)
        .map(Subject::token)
        .orElseThrow(
            () ->
                MintFault.lasting(
                    "acts for a person: the run needs a live token of its subject_issuer that says"
                        + " for whom it acts"));
  }

  /// One issuer's tokens are not shown to another's endpoint.
  private Optional<Subject> subject(Caller caller) {
    return subjects
        .of(caller)
        .filter(subject -> settings.subjectIssuer().equals(Optional.of(subject.issuer())));
  }

  /// {@return a token that the server gives the broker for itself}
  ///
  /// @param own takes it, so that it is known
  private Secret own(List<Secret> own, Making making) throws MintFault {
    var form = new Form().add("grant_type", "client_credentials");
    Secret token = TokenAnswer.oauth(client.token(form, making), making.now()).value();
    own.add(token);
    return token;
  }

  /// An identity token, for example, is no credential (RFC 8693, section 2.2.1).
  private static void requireAccessToken(JsonNode answer) throws MintFault {
    if (!answer.path("issued_token_type").asString("").equals(ACCESS_TOKEN)) {
      throw MintFault.lasting("cannot be used: its issuer gives no access token");
    }
  }

  @Override
  public boolean madeFor(Caller caller) {
    return settings.subjectIssuer().isEmpty() || subject(caller).isPresent();
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
