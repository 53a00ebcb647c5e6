package dev.keyward.server.config;

import dev.keyward.approvals.QuestionLimits;
import dev.keyward.call.AgentId;
import dev.keyward.call.ToolPattern;
import dev.keyward.server.limits.LimitSettings;
import dev.keyward.server.unusual.UnusualSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The settings of `config.yaml`.
///
/// @param agents where agents connect
/// @param people where people sign in
/// @param issuers whose tokens agents may show instead of keys; none by default
/// @param approvals how people are asked
/// @param allow calls that need no person although their tier would ask for one
/// @param policy the file of policy rules, if there is one
/// @param privateOrigins upstream origins on loopback or private networks that may be called
/// @param authorities whose certificates count at an origin, in place of the JDK's: files of PEM
/// @param limits how many calls agents may have
/// @param unusual what counts as unusual behaviour, and what comes of it
/// @param secrets the embedded store
/// @param commands programs whose output is a credential, by the name that references use
/// @param vault where Vault is and how to get in; absent: no reference may name it
/// @param credentials those that are made when they are needed
/// @param checkpoints the file for signed audit checkpoints
/// @param rules the operator's rules for redaction, if there is such a file
/// @param personalData the types of personal data that are taken out of every result
/// @param searchAtMost how long one block may be searched for secrets before it is withheld
/// @param database where everything is kept; absent: in a SQLite file of the home folder
/// @param text the file as it was read
public record Config(
    AgentsListener agents,
    PeopleListener people,
    List<TokenIssuer> issuers,
    ApprovalsConfig approvals,
    List<AllowRule> allow,
    Optional<Path> policy,
    Set<URI> privateOrigins,
    Map<URI, Path> authorities,
    LimitSettings limits,
    UnusualSettings unusual,
    SecretsSettings secrets,
    Map<String, CommandSettings> commands,
    Optional<VaultSettings> vault,
    List<MintSettings> credentials,
    Path checkpoints,
    Optional<Path> rules,
    Set<String> personalData,
    Duration searchAtMost,
    Optional<DatabaseConfig> database,
    String text) {

  /// Copies the collections.
  public Config {
    issuers = List.copyOf(issuers);
    allow = List.copyOf(allow);
    privateOrigins = Set.copyOf(privateOrigins);
    authorities = Map.copyOf(authorities);
    commands = Map.copyOf(commands);
    credentials = List.copyOf(credentials);
    personalData = Set.copyOf(personalData);
  }

  /// The listener for agents.
  ///
  /// @param listen host and port; port 0 takes any free one
  /// @param hosts further values of the Host header to accept, for example behind a proxy
  /// @param origins browser origins to accept; none by default
  /// @param url how agents know it, path included: what tokens for it name as their audience;
  ///   absent where it is not stated and cannot be told from `listen`
  /// @param listAtMost how many tools a listing holds; the others are found by words
  public record AgentsListener(
      HostPort listen, Set<String> hosts, Set<URI> origins, Optional<URI> url, int listAtMost) {
    /// Copies the collections.
    public AgentsListener {
      hosts = Set.copyOf(hosts);
      origins = Set.copyOf(origins);
    }
  }

  /// The listener for people.
  ///
  /// @param listen host and port; port 0 takes any free one
  /// @param origin how people's browsers reach it, without a path; absent: the address listened on
  /// @param oidc who signs people in beside the broker's own links
  public record PeopleListener(
      HostPort listen, Optional<URI> origin, Optional<OpenIdSettings> oidc) {}

  /// How people are asked.
  ///
  /// @param expiry how long a request stays open
  /// @param singleOperator whether one person runs this install, so that nobody is independent
  /// @param questions how much people are asked
  /// @param furtherCalls whether who approves a call may allow further ones like it
  /// @param passkeys whether dangerous calls are approved with a passkey only
  /// @param hold how long a call is held until people have decided, by the name that its client
  ///   gives itself; `default` for the others
  /// @param notices by which ways people are told that something waits
  public record ApprovalsConfig(
      Duration expiry,
      boolean singleOperator,
      QuestionLimits questions,
      boolean furtherCalls,
      boolean passkeys,
      Map<String, Duration> hold,
      NoticeSettings notices) {
    /// Copies the map.
    public ApprovalsConfig {
      hold = Map.copyOf(hold);
    }
  }

  /// Lets agents call a tool without asking a person. Never lowers `dangerous_write`.
  ///
  /// @param tool a tool's name, or `crm.*`
  /// @param agents who may; none means every agent that sees the tool
  public record AllowRule(ToolPattern tool, Set<AgentId> agents) {
    /// Copies the agents.
    public AllowRule {
      agents = Set.copyOf(agents);
    }
  }

  /// An address to listen on.
  ///
  /// @param host a name or address, without brackets
  /// @param port 0 to 65535
  public record HostPort(String host, int port) {}
}
