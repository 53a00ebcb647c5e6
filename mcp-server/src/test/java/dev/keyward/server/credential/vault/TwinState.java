package dev.keyward.server.credential.vault;

import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// What a [VaultTwin] keeps: tokens, policies, AppRoles and engines, in as many namespaces as are
/// made. Guarded by its twin.
final class TwinState {
  static final String ROOT = "hvs.root-4kQz81LmXv0TdPw7";
  private static final Pattern RULE =
      Pattern.compile("path \"([^\"]+)\" \\{ capabilities = \\[([^]]*)] }");

  final Map<String, Token> tokens = new HashMap<>();
  final Map<String, Lease> leases = new HashMap<>();
  final Map<String, Wrapped> wrapped = new HashMap<>();
  final Map<String, Namespace> namespaces = new HashMap<>();
  private final InstantSource clock;
  private final AtomicLong counter = new AtomicLong();

  TwinState(InstantSource clock) {
    this.clock = clock;
    namespaces.put("", new Namespace());
    tokens.put(ROOT, new Token("", Set.of("root"), 0, 0, false, clock.instant()));
  }

  /// A token; `ttl` and `max` in seconds, 0 for none.
  static final class Token {
    final String namespace;
    final Set<String> policies;
    final long ttl;
    final long max;
    final boolean renewable;
    final Instant made;
    Instant start;
    String parent = "";
    Optional<Instant> renewed = Optional.empty();

    Token(
        String namespace,
        Set<String> policies,
        long ttl,
        long max,
        boolean renewable,
        Instant made) {
      this.namespace = namespace;
      this.policies = policies;
      this.ttl = ttl;
      this.max = max;
      this.renewable = renewable;
      this.made = made;
      this.start = made;
    }

    /// Seconds left; 0 if it never ends, negative if it has ended.
    long left(Instant now) {
      if (ttl == 0) {
        return 0;
      }
      long end = start.getEpochSecond() + ttl;
      if (max > 0) {
        end = Math.min(end, made.getEpochSecond() + max);
      }
      long left = end - now.getEpochSecond();
      return left == 0 ? -1 : left;
    }
  }

  /// A login at a database; it ends with the token that got it.
  static final class Lease {
    final String token;
    final TwinDatabases engine;
    final String role;
    final String user;
    final Instant made;
    Instant end;

    Lease(String token, TwinDatabases engine, String role, String user, Instant made) {
      this.token = token;
      this.engine = engine;
      this.role = role;
      this.user = user;
      this.made = made;
      this.end = made.plusSeconds(engine.ttl(role));
    }
  }

  /// An answer that waits to be unwrapped.
  record Wrapped(String creationPath, JsonNode answer, Instant until) {}

  /// What one namespace holds.
  static final class Namespace {
    final Map<String, Map<String, List<Version>>> engines = new HashMap<>();
    final Map<String, Map<String, JsonNode>> enginesOfVersion1 = new HashMap<>();
    final Map<String, Map<String, JsonNode>> jwt = new HashMap<>();
    final Map<String, TwinDatabases> databases = new HashMap<>();
    final Map<String, Map<String, JsonNode>> certificates = new HashMap<>();
    final Map<String, String> policies = new HashMap<>();
    final Map<String, Map<String, Role>> appRoles = new HashMap<>();
  }

  /// An AppRole with its secret ids and how often each may still be used; -1 is without limit.
  static final class Role {
    final String id;
    final JsonNode settings;
    final Map<String, Integer> secretIds = new HashMap<>();

    Role(String id, JsonNode settings) {
      this.id = id;
      this.settings = settings;
    }
  }

  /// One version of a secret.
  static final class Version {
    final JsonNode data;
    final Instant created;
    Optional<Instant> deleted = Optional.empty();
    boolean destroyed;

    Version(JsonNode data, Instant created) {
      this.data = data;
      this.created = created;
    }
  }

  Instant now() {
    return clock.instant();
  }

  /// {@return the token, unless it is unknown, has ended, or belongs to another namespace}
  Optional<Token> live(String value, String namespace) {
    return Optional.ofNullable(tokens.get(value))
        .filter(token -> token.left(now()) >= 0)
        .filter(token -> token.policies.contains("root") || token.namespace.equals(namespace));
  }

  /// {@return a new token's characters; it is kept}
  String issue(String namespace, Set<String> policies, long ttl, long max, boolean renewable) {
    String value = "hvs." + unguessable();
    Set<String> all = new TreeSet<>(policies);
    all.add("default");
    tokens.put(value, new Token(namespace, all, ttl, max, renewable, now()));
    return value;
  }

  /// Ends a token, what hangs on it, and its children; "Revoke a token".
  void end(String value) {
    tokens.remove(value);
    List.copyOf(leases.entrySet()).stream()
        .filter(lease -> lease.getValue().token.equals(value))
        .forEach(lease -> endLease(lease.getKey()));
    tokens.entrySet().stream()
        .filter(token -> token.getValue().parent.equals(value))
        .map(Map.Entry::getKey)
        .toList()
        .forEach(this::end);
  }

  /// One that is not there is none that lives: vault/expiration.go, `revokeCommon`.
  void endLease(String id) {
    Lease lease = leases.remove(id);
    if (lease != null) {
      try {
        lease.engine.drop(lease.role, lease.user);
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /// Ends what its time is over for.
  void pass() {
    tokens.entrySet().stream()
        .filter(token -> token.getValue().left(now()) < 0)
        .map(Map.Entry::getKey)
        .toList()
        .forEach(this::end);
    List.copyOf(leases.entrySet()).stream()
        .filter(lease -> !now().isBefore(lease.getValue().end))
        .forEach(lease -> endLease(lease.getKey()));
  }

  String unguessable() {
    long number = counter.incrementAndGet();
    return "tWiN" + HexFormat.of().toHexDigits(number * 0x9E3779B97F4A7C15L) + "qZ";
  }

  /// Policies: Concepts, "Policies": a rule names a path or, with `*` at its end, all that begin
  /// so.
  boolean may(Token token, String capability, String path) {
    Namespace namespace = namespaces.getOrDefault(token.namespace, new Namespace());
    if (token.policies.contains("root")) {
      return true;
    }
    boolean ofEverybody =
        Set.of(
                "auth/token/lookup-self",
                "auth/token/renew-self",
                "auth/token/revoke-self",
                "sys/leases/renew")
            .contains(path);
    return ofEverybody
        || token.policies.stream()
            .map(name -> namespace.policies.getOrDefault(name, ""))
            .anyMatch(policy -> allows(policy, capability, path));
  }

  private static boolean allows(String policy, String capability, String path) {
    List<MatchResult> rules = new ArrayList<>(RULE.matcher(policy).results().toList());
    return rules.stream()
        .filter(rule -> rule.group(2).contains("\"" + capability + "\""))
        .map(rule -> rule.group(1))
        .anyMatch(
            rule ->
                rule.endsWith("*")
                    ? path.startsWith(rule.substring(0, rule.length() - 1))
                    : path.equals(rule));
  }
}
