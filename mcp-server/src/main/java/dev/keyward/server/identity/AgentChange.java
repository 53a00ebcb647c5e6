package dev.keyward.server.identity;

import dev.keyward.call.AgentId;

/// What happened to an agent, for the audit.
public sealed interface AgentChange {
  /// A new agent with its first key.
  record Added(Agent agent) implements AgentChange {}

  /// A new key; the ones before it are revoked.
  record Rotated(AgentId agent) implements AgentChange {}

  /// The agent has ended.
  record Revoked(AgentId agent) implements AgentChange {}
}
