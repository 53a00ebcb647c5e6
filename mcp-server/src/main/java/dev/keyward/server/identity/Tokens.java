package dev.keyward.server.identity;

import dev.keyward.call.AgentId;
import dev.keyward.call.Delegator;
import dev.keyward.redaction.Secret;
import java.time.Instant;
import java.util.Optional;

/// Agents that show tokens which somebody else has issued, in place of keys.
@FunctionalInterface
public interface Tokens {
  /// No token opens anything.
  Tokens NONE = _ -> Optional.empty();

  /// {@return what this token is good for at this moment; empty if for nothing}
  ///
  /// @throws dev.keyward.call.CallRefused with `InsufficientScope` if it is good, but not for tools
  Optional<Shown> read(Secret token);

  /// What a good token says.
  ///
  /// @param agent whose it is, which may not exist
  /// @param holder names who got it, the same for all tokens of that holder, in words of `a-z 0-9`
  /// @param expires when it ends
  /// @param narrowed to which tools it is limited; absent: not at all
  /// @param delegator for whom the agent works
  /// @param subject the token itself, where it says for whom
  record Shown(
      AgentId agent,
      String holder,
      Instant expires,
      Optional<ToolScope> narrowed,
      Optional<Delegator> delegator,
      Optional<SubjectToken> subject) {}
}
