package dev.keyward.server.credential.vault;

import dev.keyward.redaction.Secret;
import dev.keyward.server.config.VaultSettings;
import dev.keyward.server.config.VaultSettings.Login;
import dev.keyward.server.credential.StoreFinding;
import dev.keyward.server.credential.StoreFinding.Level;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// What `doctor` says of Vault: whether it answers, whether it is open, how the broker's token is.
final class VaultExamination {
  private final VaultSettings settings;
  private final VaultClient client;
  private final VaultSession session;
  private final InstantSource clock;

  VaultExamination(
      VaultSettings settings, VaultClient client, VaultSession session, InstantSource clock) {
    this.settings = settings;
    this.client = client;
    this.session = session;
    this.clock = clock;
  }

  /// {@return the findings; the token is not looked at while Vault does not answer}
  List<StoreFinding> findings() {
    List<StoreFinding> findings = new ArrayList<>();
    boolean open = false;
    for (URI address : settings.addresses()) {
      open |= health(address, findings);
    }
    if (open) {
      token(findings);
    }
    weaknesses(findings);
    return findings;
  }

  /// `/sys/health`: 200, or the statuses of a standby, mean that it answers.
  private boolean health(URI address, List<StoreFinding> findings) {
    String what = "vault " + address;
    try {
      JsonNode health = client.health(address).body();
      if (!health.path("initialized").isBoolean()) {
        findings.add(problem(what, "answers, but not as Vault does; is the address right?"));
        return false;
      }
      boolean open = health.path("initialized").asBoolean() && !health.path("sealed").asBoolean();
      String version = " (version " + version(health) + ")";
      findings.add(
          open
              ? ok(what, "answers and is unsealed" + version)
              : problem(what, "is sealed" + version));
      return open;
    } catch (NoAnswer e) {
      findings.add(problem(what, e.why()));
      return false;
    }
  }

  private void token(List<StoreFinding> findings) {
    String what = "vault token";
    try {
      VaultAnswer answer = session.ask(client::lookUpSelf);
      Secret value = session.token().value();
      findings.add(life(what, VaultToken.ofLookup(value, answer, clock.instant())));
      JsonNode policies = answer.body().at("/data/policies");
      if (policies.valueStream().anyMatch(policy -> policy.asString("").equals("root"))) {
        findings.add(warning(what, "has the policy root; give the broker one that may only read"));
      }
    } catch (NoAnswer e) {
      findings.add(problem(what, e.why()));
    }
  }

  private StoreFinding life(String what, VaultToken token) {
    if (token.expires().isEmpty()) {
      return warning(what, "works and never ends; prefer an AppRole, whose tokens do");
    }
    String left = words(token.left(clock.instant()));
    if (token.renewable()) {
      return ok(what, "works for another " + left + " and can be renewed");
    }
    return settings.login().makesTokens()
        ? ok(what, "works for another " + left + "; then the broker logs in again")
        : warning(what, "works for another " + left + " and cannot be renewed");
  }

  private void weaknesses(List<StoreFinding> findings) {
    for (URI address : settings.addresses()) {
      if ("http".equals(address.getScheme()) && !loopback(address.getHost())) {
        findings.add(
            warning("vault.address", "token and secrets cross the network over plain http"));
      }
    }
    switch (settings.login()) {
      case Login.TokenFile(var file) -> open(findings, file);
      case Login.AppRole(_, _, var file) -> open(findings, file);
      case Login.WrappedAppRole(_, _, var file) -> open(findings, file);
      case Login.Jwt(_, _, var file) -> open(findings, file);
      case Login.Certificate _ -> {}
      case Login.TokenVariable(var name) ->
          findings.add(
              warning(
                  "vault.auth",
                  "the token stands in the environment ("
                      + name
                      + "), which other programs of this user can read"));
    }
  }

  private static void open(List<StoreFinding> findings, Path file) {
    if (SecretFile.openToAll(file)) {
      findings.add(warning("vault.auth", file + " is open to others; close it with chmod 600"));
    }
  }

  private static boolean loopback(String host) {
    try {
      return host.equals("localhost") || InetAddress.ofLiteral(host).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /// A version is Vault's own word, so only what a version can look like is passed on.
  private static String version(JsonNode health) {
    String version = health.path("version").asString("");
    return version.matches("[0-9A-Za-z.+-]{1,40}") ? version : "not told";
  }

  private static String words(Duration left) {
    return left.toHours() > 0 ? left.toHours() + " h" : Math.max(1, left.toMinutes()) + " min";
  }

  private static StoreFinding ok(String what, String detail) {
    return new StoreFinding(Level.OK, what, detail);
  }

  private static StoreFinding warning(String what, String detail) {
    return new StoreFinding(Level.WARNING, what, detail);
  }

  private static StoreFinding problem(String what, String detail) {
    return new StoreFinding(Level.PROBLEM, what, detail);
  }
}
