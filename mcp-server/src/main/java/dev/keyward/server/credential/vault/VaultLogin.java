package dev.keyward.server.credential.vault;

import dev.keyward.redaction.Secret;
import dev.keyward.server.config.VaultSettings.Login;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Logs in at Vault, in the way that the settings say. Not safe for threads: [VaultSession] asks
/// under its lock.
///
/// What was refused is not shown again for a minute, since Vault locks a role out after a few.
final class VaultLogin {
  private static final Duration AFTER_REFUSAL = Duration.ofMinutes(1);

  private final VaultClient client;
  private final Login login;
  private final InstantSource clock;
  private final OwnSecrets known;
  private @Nullable Refused refused;
  private @Nullable Unwrapped unwrapped;

  VaultLogin(VaultClient client, Login login, InstantSource clock, OwnSecrets known) {
    this.client = client;
    this.login = login;
    this.clock = clock;
    this.known = known;
  }

  /// {@return a new token}
  VaultToken token() throws NoAnswer {
    return switch (login) {
      case Login.AppRole role -> {
        Secret secretId = SecretFile.read(role.secretIdFile());
        yield shown(
            Optional.of(secretId),
            "as AppRole",
            "the role id is wrong, or the secret id is wrong, used up or over",
            () -> client.loginAppRole(role.mount(), role.roleId(), secretId));
      }
      case Login.WrappedAppRole role -> {
        Secret secretId = unwrapped(role);
        yield shown(
            Optional.of(secretId),
            "as AppRole",
            "the role id is wrong, or the unwrapped secret id is used up or over; put a new"
                + " wrapping token in its file",
            () -> client.loginAppRole(role.mount(), role.roleId(), secretId));
      }
      case Login.Jwt jwt -> {
        Secret token = SecretFile.read(jwt.file());
        yield shown(
            Optional.of(token),
            "with a JWT as role " + jwt.role(),
            "the token is over, or the role does not take it",
            () -> client.loginJwt(jwt.mount(), jwt.role(), token));
      }
      case Login.Certificate(var mount, var role) ->
          shown(
              Optional.empty(),
              "with the certificate",
              "no role there trusts it, or not for this name",
              () -> client.loginCertificate(mount, role));
      case Login.TokenFile _, Login.TokenVariable _ ->
          throw new IllegalStateException("a given token needs no login");
    };
  }

  private VaultToken shown(Optional<Secret> secret, String how, String reasons, Attempt attempt)
      throws NoAnswer {
    Refused before = refused;
    if (before != null && before.covers(secret, clock.instant())) {
      throw new NoAnswer(before.why());
    }
    secret.ifPresent(known::add);
    VaultAnswer answer = attempt.make();
    if (answer.status() != VaultAnswer.OK && !answer.passing()) {
      String why = "Vault refuses the login " + how + " (" + answer.status() + "); " + reasons;
      refused = new Refused(secret, clock.instant().plus(AFTER_REFUSAL), why);
      throw new NoAnswer(why);
    }
    VaultToken made = VaultToken.ofLogin(answer, clock.instant());
    known.add(made.value());
    refused = null;
    return made;
  }

  /// A wrapping token opens once. So what was in it is kept for later logins, and one that was
  /// opened by somebody else, or wraps something else than a secret id of this AppRole mount, is
  /// told as what it may be: a theft ("Response wrapping", "Response wrapping token validation").
  private Secret unwrapped(Login.WrappedAppRole role) throws NoAnswer {
    Secret wrapping = SecretFile.read(role.wrappingTokenFile());
    Unwrapped before = unwrapped;
    if (before != null && before.wrapping().equals(wrapping)) {
      return before.secretId();
    }
    known.add(wrapping);
    VaultAnswer lookup = client.lookUpWrapping(wrapping);
    String from = lookup.body().at("/data/creation_path").asString("");
    if (lookup.status() != VaultAnswer.OK) {
      throw lookup.passing() ? NoAnswer.of(lookup) : opened(role, lookup.status());
    }
    if (!Pattern.matches("auth/" + Pattern.quote(role.mount()) + "/role/[^/]+/secret-id", from)) {
      throw new NoAnswer(
          role.wrappingTokenFile()
              + " wraps no secret id of auth/"
              + role.mount()
              + ": somebody may have put another token in its place; find out before you go on");
    }
    VaultAnswer answer = client.unwrap(wrapping);
    JsonNode secretId = answer.body().at("/data/secret_id");
    if (answer.status() != VaultAnswer.OK || !SecretFile.sendable(secretId.asString(""))) {
      throw answer.passing() ? NoAnswer.of(answer) : opened(role, answer.status());
    }
    var made = new Unwrapped(wrapping, Secret.of(secretId.asString()));
    known.add(made.secretId());
    unwrapped = made;
    return made.secretId();
  }

  private static NoAnswer opened(Login.WrappedAppRole role, int status) {
    return new NoAnswer(
        "the wrapping token in "
            + role.wrappingTokenFile()
            + " opens nothing ("
            + status
            + "): it is over, or somebody else has opened it; if nobody should have, revoke its"
            + " secret id, then put a new wrapping token there");
  }

  @FunctionalInterface
  private interface Attempt {
    VaultAnswer make() throws NoAnswer;
  }

  private record Refused(Optional<Secret> shown, Instant until, String why) {
    boolean covers(Optional<Secret> again, Instant now) {
      return now.isBefore(until) && shown.equals(again);
    }
  }

  private record Unwrapped(Secret wrapping, Secret secretId) {}
}
