package dev.keyward.server.identity;

import dev.keyward.call.Delegator;
import dev.keyward.call.RunId;
import dev.keyward.call.ToolName;
import java.time.Instant;
import java.util.Optional;

/// An agent that has shown a live key or token, for the length of one request.
///
/// @param agent who it is
/// @param keyId names what was shown, and cannot be turned back: of a key its SHA-256, of a token
///   that of its issuer and subject, so that the next token of the same subject goes on where this
///   one ends
/// @param expires when the key or token ends by itself
/// @param narrowed to which of the agent's tools this key or token is limited; absent: all of them
/// @param delegator for whom the agent works, where a token says so
/// @param subject the token that was shown, where it says for whom
/// @param run the run whose token was shown; absent: the standing run of the key
public record AgentSession(
    Agent agent,
    String keyId,
    Instant expires,
    Optional<ToolScope> narrowed,
    Optional<Delegator> delegator,
    Optional<SubjectToken> subject,
    Optional<RunId> run) {

  /// What the [#keyId] of a token begins with; no key's does.
  static final String TOKEN = "token-";

  /// {@return the session of an agent that has shown a token}
  static AgentSession ofToken(Agent agent, Tokens.Shown token) {
    return new AgentSession(
        agent,
        TOKEN + token.holder(),
        token.expires(),
        token.narrowed(),
        token.delegator(),
        token.subject(),
        Optional.empty());
  }

  /// {@return whether a token was shown, not a key}
  boolean isOfToken() {
    return keyId.startsWith(TOKEN);
  }

  /// {@return the session of an agent that has shown a key}
  static AgentSession ofKey(Agent agent, String keyId, Instant expires) {
    return new AgentSession(
        agent,
        keyId,
        expires,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /// {@return whether the agent sees `tool`, and what it has shown is good for it}
  public boolean sees(ToolName tool) {
    return agent.tools().sees(tool) && narrowed.map(scope -> scope.sees(tool)).orElse(true);
  }
}
