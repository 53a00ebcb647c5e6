package dev.keyward.server.identity;

import java.util.Optional;

/// Knows which tokens of runs live.
@FunctionalInterface
public interface RunTokens {
  /// {@return the agent in the run whose token has this hash, while the run, every run that it was
  /// opened in and their agents live}
  Optional<AgentSession> holder(String hash);
}
