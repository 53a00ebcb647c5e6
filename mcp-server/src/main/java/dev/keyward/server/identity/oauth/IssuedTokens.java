package dev.keyward.server.identity.oauth;

import dev.keyward.call.CallRefused;
import dev.keyward.call.Delegator;
import dev.keyward.call.PersonId;
import dev.keyward.redaction.Secret;
import dev.keyward.server.config.TokenIssuer;
import dev.keyward.server.identity.SubjectToken;
import dev.keyward.server.identity.Tokens;
import dev.keyward.server.token.BadToken;
import dev.keyward.server.token.BadToken.Why;
import dev.keyward.server.token.Claims;
import dev.keyward.server.token.TrustedTokens;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The table of issuers: which token is which agent. Thread-safe.
public final class IssuedTokens implements Tokens {
  private final TrustedTokens trusted;
  private final RefusedTokens refused;
  private final Map<String, List<TokenIssuer.Rule>> rules = new HashMap<>();

  /// Maps the tokens that `trusted` finds good.
  ///
  /// @param refused is told of those that open nothing
  public IssuedTokens(
      Collection<TokenIssuer> issuers, TrustedTokens trusted, RefusedTokens refused) {
    this.trusted = trusted;
    this.refused = refused;
    issuers.forEach(issuer -> rules.put(issuer.issuer().name(), issuer.rules()));
  }

  /// @throws CallRefused with `InsufficientScope`
  @Override
  public Optional<Shown> read(Secret token) {
    try {
      return Optional.of(shown(token, trusted.read(token)));
    } catch (BadToken bad) {
      refused.note(bad);
      return Optional.empty();
    }
  }

  private Shown shown(Secret token, Claims claims) {
    TokenIssuer.Rule rule =
        rules.getOrDefault(claims.issuer(), List.of()).stream()
            .filter(candidate -> fits(candidate, claims))
            .findFirst()
            .orElseThrow(() -> new BadToken(claims.issuer(), Why.NO_RULE));
    Optional<Delegator> delegator = rule.delegator().map(claim -> delegator(claims, claim));
    return new Shown(
        rule.agent(),
        Holder.of(claims, rule.agent(), delegator),
        claims.expires(),
        TokenScope.of(claims),
        delegator,
        delegator.map(
            who -> new SubjectToken(who.person(), claims.issuer(), token, claims.expires())));
  }

  private static boolean fits(TokenIssuer.Rule rule, Claims claims) {
    return rule.when().entrySet().stream()
        .allMatch(
            condition ->
                claims.texts(condition.getKey()).stream().anyMatch(condition.getValue()::matches));
  }

  /// A token that must name a person and does not opens nothing: the agent's own rights may be
  /// wider.
  private static Delegator delegator(Claims claims, String claim) {
    try {
      return new Delegator(new PersonId(claims.text(claim).orElse("")), true);
    } catch (IllegalArgumentException e) {
      throw new BadToken(claims.issuer(), Why.NO_PERSON);
    }
  }
}
