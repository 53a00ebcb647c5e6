package dev.keyward.server.config;

import dev.keyward.call.AgentId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An issuer whose tokens agents may show instead of a key: an entry of `issuers`.
///
/// @param advertised whether agents that have no token are sent there for one
/// @param rules which token is which agent; the first that fits counts, and where none fits the
///   token opens nothing
public record TokenIssuer(TrustedIssuer issuer, boolean advertised, List<Rule> rules) {
  /// Copies the rules.
  public TokenIssuer {
    rules = List.copyOf(rules);
  }

  /// One row of the table.
  ///
  /// @param when claims, by name or JSON Pointer, and what each must be; never empty
  /// @param agent who the token then is
  /// @param delegator the claim that names the person for whom the agent works, if one does
  public record Rule(Map<String, ClaimPattern> when, AgentId agent, Optional<String> delegator) {
    /// Copies the conditions.
    public Rule {
      when = Map.copyOf(when);
    }
  }
}
