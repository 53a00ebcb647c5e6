package dev.keyward.server.identity.oauth;

import dev.keyward.call.CallRefused;
import dev.keyward.call.Refusal;
import dev.keyward.call.ToolPattern;
import dev.keyward.server.identity.ToolScope;
import dev.keyward.server.token.Claims;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a token's scope says about tools: `tools` is all that the agent sees, `tools:crm.*` and
/// `tools:crm.read_ticket` are fewer.
///
/// Issuers of workload tokens state no scope at all: then the agent's own rights stand. A token
/// with a scope that has nothing to do with tools was made for something else.
final class TokenScope {
  private static final String ALL = "tools";
  private static final String SOME = "tools:";

  private TokenScope() {}

  /// {@return the tools to which the token is limited; empty if it is not limited}
  ///
  /// @throws CallRefused if its scope names no tools
  static Optional<ToolScope> of(Claims claims) {
    Optional<List<String>> words = words(claims);
    if (words.isEmpty() || words.get().contains(ALL)) {
      return Optional.empty();
    }
    List<ToolPattern> tools = new ArrayList<>();
    for (String word : words.get()) {
      if (word.startsWith(SOME)) {
        pattern(word.substring(SOME.length())).ifPresent(tools::add);
      }
    }
    if (tools.isEmpty()) {
      throw new CallRefused(new Refusal.InsufficientScope(ALL));
    }
    return Optional.of(new ToolScope(tools));
  }

  /// `scope` is RFC 8693's, a text; `scp` is what some issuers write, a text or a list.
  private static Optional<List<String>> words(Claims claims) {
    String claim = claims.json().has("scope") ? "scope" : "scp";
    return claims.json().has(claim)
        ? Optional.of(
            claims.texts(claim).stream()
                .flatMap(text -> List.of(text.split(" ", -1)).stream())
                .toList())
        : Optional.empty();
  }

  private static Optional<ToolPattern> pattern(String text) {
    try {
      return Optional.of(new ToolPattern(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // names nothing here, and so allows nothing
    }
  }
}
