package dev.keyward.server.control;

import dev.keyward.approvals.Person;
import dev.keyward.call.AgentId;
import dev.keyward.call.Tier;
import dev.keyward.call.ToolPattern;
import dev.keyward.catalog.CatalogProblem;
import dev.keyward.catalog.CredentialRef;
import dev.keyward.catalog.CredentialUse;
import dev.keyward.catalog.SqlBinding;
import dev.keyward.catalog.Tool;
import dev.keyward.server.config.Config;
import dev.keyward.server.config.ConfigFile;
import dev.keyward.server.config.TokenIssuer;
import dev.keyward.server.credential.Lookup;
import dev.keyward.server.credential.lease.LeaseRow;
import dev.keyward.server.identity.Agent;
import dev.keyward.server.identity.Agents;
import dev.keyward.server.stop.Stop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// `doctor`: what is wrong with this install, what is weaker than it could be, and what to do.
///
/// Each finding has a level: `ok`, `warning` (works, but weaker than it could be) or `problem`
/// (something will be refused).
final class Doctor {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final Duration SOON = Duration.ofDays(7);
  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");

  private final OperatorCommands.Parts parts;

  Doctor(OperatorCommands.Parts parts) {
    this.parts = parts;
  }

  void offer(Map<String, OperatorCommands.Command> commands) {
    commands.put("doctor", _ -> findings());
    commands.put("status", _ -> status());
  }

  private JsonNode status() {
    var status = JSON.objectNode().put("process", ProcessHandle.current().pid());
    parts.agentsUrl().get().map(URI::toString).ifPresent(url -> status.put("agents", url));
    return status.put("people", parts.peopleUrl().get().toString());
  }

  private JsonNode findings() {
    var findings = new Findings();
    home(findings);
    settings(findings);
    if (parts.database().shared()) {
      new DatabaseDoctor(parts.database(), parts.clock()).examine(parts.config(), findings::say);
    }
    catalog(findings);
    policy(findings);
    credentials(findings);
    cleartext(findings);
    addresses(findings);
    new ReviewersDoctor(parts).examine(findings);
    parts.notices().ifPresent(all -> all.examine(parts.people().list()).forEach(findings::add));
    stops(findings);
    agents(findings);
    issuers(findings);
    allowed(findings);
    audit(findings);
    return findings.list();
  }

  private void home(Findings findings) {
    Path folder = parts.home().folder();
    try {
      String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(folder));
      findings.say(
          mode.equals("rwx------"),
          "problem",
          "home folder",
          folder + " is its owner's only",
          folder + " is open to others; close it with: chmod 700 " + folder);
    } catch (IOException | UnsupportedOperationException e) {
      findings.add("warning", "home folder", "its mode cannot be read on this file system");
    }
    findings.add(
        "warning",
        "operating system user",
        "programs that run as user "
            + System.getProperty("user.name")
            + " can read this home folder; run the broker as a user of its own");
  }

  /// All that is said here is by the settings with which this broker was started.
  private void settings(Findings findings) {
    String changed = "config.yaml was changed after this broker was started, which goes by the old";
    try {
      findings.say(
          ConfigFile.read(parts.home()).text().equals(parts.config().text()),
          "warning",
          "settings",
          "are those of config.yaml",
          changed + ", and so does this doctor; start it again to use the new");
    } catch (ConfigFile.Unusable e) {
      findings.add("problem", "settings", changed + "; it will not start again: " + e.getMessage());
    }
  }

  private void catalog(Findings findings) {
    List<CatalogProblem> problems = parts.catalog().problems();
    int tools = parts.catalog().current().tools().size();
    findings.say(
        tools > 0,
        "warning",
        "catalog",
        Findings.count(tools, "tool"),
        "no tool is catalogued; nobody can call");
    problems.forEach(problem -> findings.add("problem", "catalog", problem.toString()));
  }

  private void policy(Findings findings) {
    int rules = parts.policyFile().current().all().size();
    findings.add("ok", "policy", Findings.count(rules, "rule") + " beside the tiers");
    parts
        .policyFile()
        .problems()
        .forEach(
            problem -> findings.add("problem", "policy", "the last good rules stay: " + problem));
  }

  private void credentials(Findings findings) {
    findings.add(parts.masterKeys().examine());
    parts.credentials().examine().forEach(findings::add);
    Set<String> standing = new TreeSet<>();
    minted(findings);
    leases(findings);
    for (CredentialRef ref : references()) {
      String what = "credential " + ref;
      switch (parts.credentials().look(ref)) {
        case Lookup.Found(var secret) ->
            findings.add("ok", what, "is stored, version " + secret.version());
        case Lookup.Missing(var why) -> findings.add("problem", what, why);
        case Lookup.Unavailable(var why) -> findings.add("problem", what, why);
      }
      standing.add(ref.toString());
    }
    findings.say(
        standing.isEmpty(),
        "warning",
        "standing keys",
        "none",
        "these work until somebody changes them; prefer short-lived ones where the system can: "
            + String.join(", ", standing));
  }

  private void minted(Findings findings) {
    for (Tool tool : parts.catalog().current().tools()) {
      for (CredentialUse use :
          tool.credential().filter(of -> of.ref().minted()).stream().toList()) {
        String what = "credential " + use.ref() + " of " + tool.name();
        parts
            .credentials()
            .obstacle(use)
            .ifPresentOrElse(
                why -> findings.add("problem", what, why),
                () ->
                    findings.add(
                        "ok",
                        what,
                        "is made when it is needed: "
                            + parts.credentials().kind(use.ref()).orElse("")
                            + (parts.credentials().revokes(use.ref())
                                ? "; it is given back when its run ends"
                                : "; its issuer takes nothing back, so it runs out")));
      }
    }
  }

  private void leases(Findings findings) {
    for (LeaseRow lease : parts.leases().list()) {
      if (lease.state() == LeaseRow.State.DUE && lease.attempts() > 0) {
        findings.add(
            "warning",
            "lease " + lease.of().lease(),
            "of "
                + lease.of().reference()
                + " could not be given back at its issuer yet; it works until "
                + lease.expires().truncatedTo(ChronoUnit.SECONDS)
                + ", and the log says why");
      }
    }
  }

  /// Over plain http everybody on the way reads the credential.
  private void cleartext(Findings findings) {
    for (Tool tool : parts.catalog().current().tools()) {
      URI origin = tool.target().origin();
      boolean here = LOOPBACK.contains(origin.getHost());
      boolean openSql =
          tool.binding() instanceof SqlBinding sql && sql.tls() == SqlBinding.Tls.DISABLE && !here;
      if (openSql) {
        findings.add(
            "warning", "tool " + tool.name(), "sends its statements unencrypted to " + origin);
      }
      if (tool.credential().isPresent() && "http".equals(origin.getScheme()) && !here) {
        findings.add(
            "warning", "tool " + tool.name(), "sends its credential over plain http to " + origin);
      }
    }
  }

  /// Names are not looked up here: a name that resolves to a private address shows when it is
  /// called.
  private void addresses(Findings findings) {
    for (URI origin : origins()) {
      if (isPrivate(origin.getHost()) && !parts.config().privateOrigins().contains(origin)) {
        findings.add(
            "problem",
            "origin " + origin,
            "is on this machine or a private network, so calls to it are refused; allow it in"
                + " config.yaml under egress, private_origins");
      }
    }
  }

  private Set<URI> origins() {
    return parts.catalog().current().tools().stream()
        .map(tool -> tool.target().origin())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static boolean isPrivate(String host) {
    try {
      InetAddress address = InetAddress.ofLiteral(host);
      return address.isLoopbackAddress()
          || address.isSiteLocalAddress()
          || address.isLinkLocalAddress();
    } catch (IllegalArgumentException e) {
      return host.equals("localhost");
    }
  }

  private Set<CredentialRef> references() {
    return parts.catalog().current().tools().stream()
        .map(Tool::credential)
        .flatMap(Optional::stream)
        .map(CredentialUse::ref)
        .filter(ref -> !ref.minted())
        .sorted(Comparator.comparing(CredentialRef::toString))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private void stops(Findings findings) {
    for (Stop stop : parts.killSwitch().list()) {
      findings.add("warning", "stopped: " + StopCommands.words(stop), StopCommands.detail(stop));
    }
  }

  private void agents(Findings findings) {
    Instant soon = parts.clock().instant().plus(SOON);
    List<Agents.Listed> live = parts.agents().list().stream().filter(a -> !a.revoked()).toList();
    findings.say(
        !live.isEmpty(),
        "warning",
        "agents",
        Findings.count(live.size(), "agent"),
        "none; nobody can call");
    Set<String> known =
        parts.people().list().stream()
            .map(Person::id)
            .map(Object::toString)
            .collect(Collectors.toSet());
    for (Agents.Listed listed : live) {
      String name = "agent " + listed.agent().id();
      if (listed.keyExpires().isEmpty() && !comesWithTokens(listed.agent().id())) {
        findings.add(
            "warning",
            name,
            "has no live key, and no rule under issuers in config.yaml names it; make one with:"
                + " keyward agent rotate "
                + listed.agent().id());
      }
      if (listed.keyExpires().filter(expires -> !expires.isAfter(soon)).isPresent()) {
        findings.add(
            "warning",
            name,
            "its key ends within a week; renew it with: keyward agent rotate "
                + listed.agent().id());
      }
      if (seesNothing(listed.agent())) {
        findings.add(
            "warning",
            name,
            "its tools name nothing in the catalog; see: keyward agent list, keyward catalog list");
      }
      if (!known.contains(listed.agent().owner().value())) {
        findings.add(
            "problem", name, "its owner is no person here, so nobody can confirm its writes");
      }
    }
  }

  private boolean comesWithTokens(AgentId agent) {
    return parts.config().issuers().stream()
        .flatMap(issuer -> issuer.rules().stream())
        .anyMatch(rule -> rule.agent().equals(agent));
  }

  /// Tokens that would be refused although a rule fits.
  private void issuers(Findings findings) {
    for (TokenIssuer issuer : parts.config().issuers()) {
      issuer.rules().stream()
          .map(TokenIssuer.Rule::agent)
          .filter(agent -> parts.agents().live(agent).isEmpty())
          .distinct()
          .forEach(
              agent ->
                  findings.add(
                      "problem",
                      "issuer " + issuer.issuer().name(),
                      "its rules name an agent that does not exist: "
                          + agent
                          + "; add it with: keyward agent add "
                          + agent
                          + " --owner PERSON --tools TOOLS --no-key"));
    }
  }

  /// Rules in the settings that name nothing, or what they cannot allow.
  private void allowed(Findings findings) {
    Set<AgentId> live =
        parts.agents().list().stream()
            .filter(listed -> !listed.revoked())
            .map(listed -> listed.agent().id())
            .collect(Collectors.toSet());
    for (Config.AllowRule rule : parts.config().allow()) {
      String what = "policy.allow " + rule.tool();
      List<Tool> named = named(rule.tool());
      if (named.isEmpty()) {
        findings.add("warning", what, "names no tool of the catalog");
      }
      String dangerous =
          named.stream()
              .filter(tool -> tool.tier() == Tier.DANGEROUS_WRITE)
              .map(tool -> tool.name().value())
              .collect(Collectors.joining(", "));
      if (!dangerous.isEmpty()) {
        findings.add("warning", what, "dangerous writes ask people whatever it says: " + dangerous);
      }
      rule.agents().stream()
          .filter(agent -> !live.contains(agent))
          .sorted(Comparator.comparing(AgentId::value))
          .forEach(
              agent -> findings.add("warning", what, "names no agent that may call: " + agent));
    }
  }

  private List<Tool> named(ToolPattern pattern) {
    return parts.catalog().current().tools().stream()
        .filter(tool -> pattern.names(tool.name()))
        .toList();
  }

  private boolean seesNothing(Agent agent) {
    return parts.catalog().current().tools().stream()
        .noneMatch(tool -> agent.tools().sees(tool.name()));
  }

  private void audit(Findings findings) {
    Optional<String> trouble = parts.checkpoints().trouble();
    findings.say(
        trouble.isEmpty(), "problem", "audit checkpoints", "are written", trouble.orElse(""));
    boolean beside = parts.config().checkpoints().startsWith(parts.home().folder());
    findings.say(
        !beside,
        "warning",
        "audit checkpoint file",
        "is outside the home folder",
        "is inside the home folder: whoever can rewrite the database can rewrite it too; set"
            + " audit.checkpoints to a file on another volume");
  }
}
