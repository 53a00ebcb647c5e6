package dev.keyward.server.config;

import dev.keyward.call.AgentId;
import dev.keyward.server.config.ConfigFile.BadValue;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Reads the section `issuers` of the settings, whose shape the schema has checked.
final class TokenIssuers {
  private TokenIssuers() {}

  /// {@return the issuers}
  ///
  /// @param resource what tokens name as their audience unless an entry says otherwise
  /// @throws BadValue if a value breaks a rule that the schema cannot state
  static List<TokenIssuer> read(JsonNode list, Optional<URI> resource, Home home) {
    List<TokenIssuer> issuers = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (JsonNode entry : list) {
      String at = "/issuers/" + issuers.size();
      TokenIssuer issuer = issuer(entry, at, resource, home);
      if (!names.add(issuer.issuer().name())) {
        throw new BadValue(at + "/issuer", "must be named once; put all its rules together");
      }
      issuers.add(issuer);
    }
    return issuers;
  }

  private static TokenIssuer issuer(JsonNode entry, String at, Optional<URI> resource, Home home) {
    String audience =
        text(entry, "audience")
            .or(() -> resource.map(URI::toString))
            .orElseThrow(
                () ->
                    new BadValue(
                        at, "must have an audience, or /agents/url must say how agents connect"));
    List<TokenIssuer.Rule> rules = new ArrayList<>();
    for (JsonNode rule : entry.get("agents")) {
      rules.add(rule(rule, at + "/agents/" + rules.size()));
    }
    TrustedIssuer trusted = trusted(entry, at, audience, home);
    boolean page = trusted.name().startsWith("http");
    return new TokenIssuer(trusted, entry.path("advertise").asBoolean(page), rules);
  }

  /// {@return whose tokens count, and how they are checked; for people's sign-in too}
  static TrustedIssuer trusted(JsonNode entry, String at, String audience, Home home) {
    Set<String> algorithms = new HashSet<>();
    entry.path("algorithms").forEach(name -> algorithms.add(name.stringValue()));
    return new TrustedIssuer(
        entry.get("issuer").stringValue(),
        audience,
        algorithms.isEmpty() ? TrustedIssuer.ALGORITHMS : algorithms,
        keys(entry, at, home),
        text(entry, "ca_file").map(home.folder()::resolve));
  }

  private static TrustedIssuer.KeyPlace keys(JsonNode entry, String at, Home home) {
    if (entry.has("jwks_file") && entry.has("jwks_uri")) {
      throw new BadValue(at + "/jwks_file", "must not stand beside jwks_uri");
    }
    if (entry.has("jwks_file")) {
      return new TrustedIssuer.KeyPlace.InFile(
          home.folder().resolve(entry.get("jwks_file").stringValue()));
    }
    return entry.has("jwks_uri")
        ? new TrustedIssuer.KeyPlace.At(
            SafeUrl.parse(entry.get("jwks_uri").stringValue(), at + "/jwks_uri"))
        : new TrustedIssuer.KeyPlace.Discovered(
            SafeUrl.parse(entry.get("issuer").stringValue(), at + "/issuer"));
  }

  private static TokenIssuer.Rule rule(JsonNode rule, String at) {
    Map<String, ClaimPattern> when = new HashMap<>();
    for (var condition : rule.get("when").properties()) {
      try {
        when.put(condition.getKey(), ClaimPattern.of(condition.getValue().asString()));
      } catch (IllegalArgumentException e) {
        throw new BadValue(at + "/when", String.valueOf(e.getMessage()));
      }
    }
    return new TokenIssuer.Rule(
        when, new AgentId(rule.get("agent").stringValue()), text(rule, "delegator"));
  }

  private static Optional<String> text(JsonNode in, String field) {
    return in.has(field) ? Optional.of(in.get(field).stringValue()) : Optional.empty();
  }
}
