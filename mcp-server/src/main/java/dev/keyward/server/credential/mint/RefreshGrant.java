package dev.keyward.server.credential.mint;

import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import dev.keyward.server.config.MintSettings.Account;
import dev.keyward.server.credential.Connections;
import java.util.Optional;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;

/// A token of an account that somebody has connected (RFC 6749, section 6). Where the issuer gives
/// a new refresh token with it, that is on disk before anything else is done with the answer.
final class RefreshGrant implements MintKind {
  private final String name;
  private final Connections connections;
  private final OAuthClient client;

  RefreshGrant(
      String name,
      Issuer issuer,
      Account settings,
      Connections connections,
      RandomGenerator random) {
    this.name = name;
    this.connections = connections;
    this.client = new OAuthClient(issuer, settings.client(), random);
  }

  @Override
  public Fresh make(Making making) throws MintFault {
    try (Connections.Turn turn = taken()) {
      JsonNode answer = refreshed(turn, making);
      Optional<Secret> newer = newer(answer);
      if (newer.isPresent() && !newer.get().equals(turn.token())) {
        turn.replace(newer.get());
      }
      return TokenAnswer.oauth(answer, making.now());
    }
  }

  private Connections.Turn taken() throws MintFault {
    try {
      Optional<Connections.Turn> turn = connections.take(name);
      if (turn.isEmpty()) {
        throw MintFault.lasting(notConnected(name));
      }
      return turn.get();
    } catch (Connections.Busy e) {
      throw MintFault.passing("cannot be made: its account is in use at another broker");
    }
  }

  private JsonNode refreshed(Connections.Turn turn, Making making) throws MintFault {
    var form =
        new Form()
            .add("grant_type", "refresh_token")
            .add("refresh_token", turn.token())
            .add("scope", making.scope());
    try {
      return client.token(form, making);
    } catch (MintFault e) {
      if (e.spent()) {
        turn.lost();
        throw MintFault.lasting(notConnected(name));
      }
      throw e;
    }
  }

  static Optional<Secret> newer(JsonNode answer) throws MintFault {
    JsonNode token = answer.path("refresh_token");
    return token.isMissingNode() || token.isNull()
        ? Optional.empty()
        : Optional.of(TokenAnswer.token(token));
  }

  static String notConnected(String name) {
    return "needs an account that is connected; connect it with: keyward connect " + name;
  }

  @Override
  public boolean connected() {
    return connections.connected(name);
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
