package dev.keyward.server.credential.vault;

import dev.keyward.redaction.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// A token of the broker's own at Vault, with what Vault said about its life.
///
/// @param value what is sent
/// @param expires when it ends; empty if Vault names no end
/// @param life how long it lives from one renewal to the next; zero if Vault names no end
/// @param renewable whether asking may move its end
record VaultToken(Secret value, Optional<Instant> expires, Duration life, boolean renewable) {
  /// A renewal that gives less than this part of the life means that the token's last end is near.
  private static final int WORTHWHILE = 2;

  /// {@return the token that a login made; AppRole, "Login with AppRole", `auth`}
  ///
  /// @throws NoAnswer if the answer holds none
  static VaultToken ofLogin(VaultAnswer answer, Instant now) throws NoAnswer {
    JsonNode auth = answer.body().path("auth");
    String text = auth.path("client_token").asString("");
    if (answer.status() != VaultAnswer.OK || !SecretFile.sendable(text)) {
      throw NoAnswer.of(answer);
    }
    return of(Secret.of(text), life(auth), life(auth), auth, now);
  }

  /// {@return the token `value` with what Vault says about it; Token, "Lookup a token (Self)"}
  ///
  /// @throws NoAnswer if Vault refuses the token, or cannot tell
  static VaultToken ofLookup(Secret value, VaultAnswer answer, Instant now) throws NoAnswer {
    if (answer.status() == VaultAnswer.FORBIDDEN) {
      throw new NoAnswer(
          "Vault refuses the token (403): it is wrong or has ended, or may not look itself up");
    }
    JsonNode data = answer.body().path("data");
    if (answer.status() != VaultAnswer.OK || !data.path("ttl").isIntegralNumber()) {
      throw NoAnswer.of(answer);
    }
    Duration left = Duration.ofSeconds(data.path("ttl").asLong());
    Duration life = Duration.ofSeconds(data.path("creation_ttl").asLong(left.toSeconds()));
    return of(value, left, life, data, now);
  }

  /// {@return the same token after a renewal; Token, "Renew a token (Self)"}
  VaultToken renewed(VaultAnswer answer, Instant now) {
    JsonNode auth = answer.body().path("auth");
    return of(value, life(auth), life, auth, now);
  }

  /// {@return the same token, of which no further renewal is to be had}
  VaultToken spent() {
    return new VaultToken(value, expires, life, false);
  }

  /// {@return whether it still works as far as the clock tells}
  boolean livesAt(Instant now) {
    return expires.isEmpty() || now.isBefore(expires.get());
  }

  /// {@return how much of its life is left}
  Duration left(Instant now) {
    return expires.map(end -> Duration.between(now, end)).orElse(Duration.ZERO);
  }

  /// {@return whether its last end is so near that renewing it gives next to nothing}
  boolean nearItsEnd(Instant now) {
    return expires.isPresent() && left(now).compareTo(life.dividedBy(WORTHWHILE)) < 0;
  }

  private static VaultToken of(
      Secret value, Duration left, Duration life, JsonNode about, Instant now) {
    boolean ends = left.isPositive();
    return new VaultToken(
        value,
        ends ? Optional.of(now.plus(left)) : Optional.empty(),
        ends ? life : Duration.ZERO,
        ends && about.path("renewable").asBoolean(false));
  }

  private static Duration life(JsonNode auth) {
    return Duration.ofSeconds(auth.path("lease_duration").asLong(0));
  }
}
