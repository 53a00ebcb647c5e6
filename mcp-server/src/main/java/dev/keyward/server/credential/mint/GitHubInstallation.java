package dev.keyward.server.credential.mint;

import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import dev.keyward.server.config.MintSettings.GitHubApp;
import dev.keyward.server.upstream.Enquiry;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A token of a GitHub App's installation, with only the permissions and repositories that are
/// asked for. A scope is written `issues:write contents:read`.
final class GitHubInstallation implements MintKind {
  private static final int BACK_SECONDS = 60;
  private static final int AHEAD_SECONDS = 540;
  private static final int UNAUTHORIZED = 401;

  private final Issuer issuer;
  private final GitHubApp settings;

  GitHubInstallation(Issuer issuer, GitHubApp settings) {
    this.issuer = issuer;
    this.settings = settings;
  }

  @Override
  public Fresh make(Making making) throws MintFault {
    URI url =
        URI.create(
            settings.api() + "/app/installations/" + settings.installation() + "/access_tokens");
    var content =
        new Enquiry.Content("application/json", Secret.of(wanted(making.scope()).toString()));
    var enquiry =
        new Enquiry(
            "POST", url, Map.of("Authorization", bearer(app(making))), Optional.of(content));
    JsonNode answer = issuer.ask(enquiry);
    return new Fresh(
        TokenAnswer.token(answer.path("token")),
        List.of(),
        Optional.of(TokenAnswer.at(expires(answer), making.now())),
        permissions(answer));
  }

  /// A token that is not accepted any more has ended already.
  @Override
  public Optional<TakeBack> takeBack() {
    URI url = URI.create(settings.api() + "/installation/token");
    return Optional.of(
        (token, _) ->
            issuer.tell(
                new Enquiry(
                    "DELETE", url, Map.of("Authorization", bearer(token)), Optional.empty()),
                UNAUTHORIZED));
  }

  /// Made a minute old, as GitHub advises, since its clock may be behind.
  private Secret app(Making making) throws MintFault {
    long now = making.now().getEpochSecond();
    ObjectNode claims = JsonNodeFactory.instance.objectNode();
    claims
        .put("iss", settings.app())
        .put("iat", now - BACK_SECONDS)
        .put("exp", now + AHEAD_SECONDS);
    return Assertion.sign(claims, Optional.empty(), making.secret(settings.key()));
  }

  private ObjectNode wanted(Optional<String> scope) throws MintFault {
    ObjectNode wanted = JsonNodeFactory.instance.objectNode();
    if (!settings.repositories().isEmpty()) {
      var list = wanted.putArray("repositories");
      settings.repositories().forEach(list::add);
    }
    if (scope.isPresent()) {
      ObjectNode permissions = wanted.putObject("permissions");
      for (String word : scope.get().split(" ", -1)) {
        int colon = word.indexOf(':');
        if (colon < 1) {
          throw MintFault.lasting("has a scope that is not written permission:level");
        }
        permissions.put(word.substring(0, colon), word.substring(colon + 1));
      }
    }
    return wanted;
  }

  private static Instant expires(JsonNode answer) throws MintFault {
    try {
      return Instant.parse(answer.path("expires_at").asString(""));
    } catch (DateTimeException e) {
      throw MintFault.passing("cannot be used: its issuer does not say when it ends");
    }
  }

  private static Optional<String> permissions(JsonNode answer) {
    List<String> words = new ArrayList<>();
    answer
        .path("permissions")
        .properties()
        .forEach(entry -> words.add(entry.getKey() + ":" + entry.getValue().asString("")));
    return words.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", words));
  }

  @TouchesSecret
  private static Secret bearer(Secret token) {
    return token.use(text -> Secret.of("Bearer " + text));
  }

  @Override
  public Optional<CredentialRef> base() {
    return Optional.of(settings.key());
  }

  /// Who may write may be content to read.
  @Override
  public boolean within(Set<String> all, String word) {
    return all.contains(word)
        || (word.endsWith(":read")
            && all.contains(word.substring(0, word.lastIndexOf(':')) + ":write"));
  }
}
