package dev.keyward.server.identity;

import dev.keyward.call.AgentId;
import java.time.Instant;
import java.util.Optional;

/// What happened to an agent, for the audit.
public sealed interface AgentChange {
  /// A new agent, and when its first key ends by itself, if it has one.
  record Added(Agent agent, Optional<Instant> expires) implements AgentChange {}

  /// A new key, and when it ends by itself; the ones before it are revoked.
  record Rotated(AgentId agent, Instant expires) implements AgentChange {}

  /// The agent may see these tools from now on, and no others.
  record ToolsChanged(AgentId agent, ToolScope tools) implements AgentChange {}

  /// The agent has ended.
  record Revoked(AgentId agent) implements AgentChange {}
}
