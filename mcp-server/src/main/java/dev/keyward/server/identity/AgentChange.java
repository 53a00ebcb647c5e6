package dev.keyward.server.identity;

import dev.keyward.call.AgentId;
import java.time.Instant;

/// What happened to an agent, for the audit.
public sealed interface AgentChange {
  /// A new agent with its first key, and when that ends by itself.
  record Added(Agent agent, Instant expires) implements AgentChange {}

  /// A new key, and when it ends by itself; the ones before it are revoked.
  record Rotated(AgentId agent, Instant expires) implements AgentChange {}

  /// The agent has ended.
  record Revoked(AgentId agent) implements AgentChange {}
}
