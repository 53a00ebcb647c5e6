package dev.keyward.server.credential.vault;

import dev.keyward.redaction.Secret;
import dev.keyward.server.credential.LeaseIssuer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// Database roles and tokens, by the API documentation's pages "Database" (Generate credentials),
/// "/sys/leases" and "Token".
final class VaultLeases implements LeaseIssuer {
  private static final Pattern LEASE = Pattern.compile("[A-Za-z0-9_./-]{1,512}");
  private static final Pattern LOGIN = Pattern.compile("[^:\\p{Cntrl}]{1,256}");
  private static final int NO_CONTENT = 204;
  private static final int BAD_REQUEST = 400;

  private final VaultClient client;
  private final VaultSession session;

  VaultLeases(VaultClient client, VaultSession session) {
    this.client = client;
    this.session = session;
  }

  @Override
  public Leased database(Optional<Secret> as, String mount, String role) throws NotLeased {
    VaultAnswer answer =
        asked("cannot be made", as, token -> client.databaseCredentials(token, mount, role));
    if (answer.status() == VaultAnswer.FORBIDDEN) {
      throw forbidden("cannot be made", "read on " + mount + "/creds/" + role);
    }
    if (answer.status() == VaultAnswer.NOT_FOUND || answer.status() == BAD_REQUEST) {
      throw new NotLeased("cannot be made: Vault has no such role, or no such engine there", true);
    }
    JsonNode body = answer.body();
    String user = body.at("/data/username").asString("");
    String password = body.at("/data/password").asString("");
    String lease = body.path("lease_id").asString("");
    Duration life = Duration.ofSeconds(body.path("lease_duration").asLong(0));
    if (answer.status() != VaultAnswer.OK
        || !LOGIN.matcher(user).matches()
        || password.isEmpty()
        || !LEASE.matcher(lease).matches()
        || !life.isPositive()) {
      throw unlike("cannot be made", answer);
    }
    return new Leased(
        Secret.of(user + ":" + password),
        List.of(Secret.of(password), Secret.of(user)),
        Secret.of(lease),
        life,
        body.path("renewable").asBoolean(false));
  }

  @Override
  public Leased token(
      List<String> policies, Optional<String> role, Duration life, Map<String, String> about)
      throws NotLeased {
    VaultAnswer answer =
        asked(
            "cannot be made",
            Optional.empty(),
            token -> client.createToken(token, policies, role, life, about));
    if (answer.status() == VaultAnswer.FORBIDDEN || answer.status() == BAD_REQUEST) {
      String path = "auth/token/create" + role.map(name -> "/" + name).orElse("");
      throw forbidden("cannot be made", "update on " + path + ", and each policy that it gives on");
    }
    JsonNode auth = answer.body().path("auth");
    String value = auth.path("client_token").asString("");
    Duration lives = Duration.ofSeconds(auth.path("lease_duration").asLong(0));
    if (answer.status() != VaultAnswer.OK || !SecretFile.sendable(value) || !lives.isPositive()) {
      throw unlike("cannot be made", answer);
    }
    Secret made = Secret.of(value);
    return new Leased(made, List.of(), made, lives, auth.path("renewable").asBoolean(false));
  }

  @Override
  public Duration prolongDatabase(Optional<Secret> as, Secret lease, Duration by) throws NotLeased {
    VaultAnswer answer =
        asked("cannot be prolonged", as, token -> client.renewLease(token, lease, by));
    return prolonged(answer, answer.body());
  }

  @Override
  public Duration prolongToken(Secret token) throws NotLeased {
    VaultAnswer answer = asked("cannot be prolonged", Optional.of(token), client::renewSelf);
    return prolonged(answer, answer.body().path("auth"));
  }

  private static Duration prolonged(VaultAnswer answer, JsonNode about) throws NotLeased {
    if (answer.status() != VaultAnswer.OK) {
      throw unlike("cannot be prolonged", answer);
    }
    return Duration.ofSeconds(about.path("lease_duration").asLong(0));
  }

  /// Vault says 204 of a lease that it does not know, too: vault/expiration.go, `revokeCommon`.
  @Override
  public void revokeDatabase(Secret lease) throws NotLeased {
    VaultAnswer answer =
        asked("is not given back", Optional.empty(), token -> client.revokeLease(token, lease));
    if (answer.status() == VaultAnswer.FORBIDDEN) {
      throw forbidden("is not given back", "update on sys/leases/revoke");
    }
    if (answer.status() != NO_CONTENT && answer.status() != VaultAnswer.OK) {
      throw unlike("is not given back", answer);
    }
  }

  @Override
  public void revokeToken(Secret token) throws NotLeased {
    VaultAnswer answer = asked("is not given back", Optional.of(token), client::revokeSelf);
    boolean refused = answer.status() == VaultAnswer.FORBIDDEN;
    if (refused && lives(token)) {
      throw forbidden("is not given back", "auth/token/revoke-self, as the policy default does");
    }
    if (!refused && answer.status() != NO_CONTENT && answer.status() != VaultAnswer.OK) {
      throw unlike("is not given back", answer);
    }
  }

  @Override
  public boolean lives(Secret token) throws NotLeased {
    VaultAnswer answer = asked("cannot be made", Optional.of(token), client::lookUpSelf);
    if (answer.passing()) {
      throw unlike("cannot be made", answer);
    }
    return answer.status() == VaultAnswer.OK;
  }

  private VaultAnswer asked(String what, Optional<Secret> as, VaultSession.Question question)
      throws NotLeased {
    try {
      return as.isPresent() ? question.ask(as.get()) : session.ask(question);
    } catch (NoAnswer e) {
      throw new NotLeased(what + ": " + e.why(), false);
    }
  }

  private static NotLeased forbidden(String what, String may) {
    return new NotLeased(
        what + ": Vault refuses (403); the token's policy must allow " + may, true);
  }

  private static NotLeased unlike(String what, VaultAnswer answer) {
    return new NotLeased(what + ": " + NoAnswer.of(answer).why(), false);
  }
}
