package dev.keyward.server.policy;

import dev.keyward.call.AgentId;
import dev.keyward.call.Tier;
import dev.keyward.call.ToolName;
import dev.keyward.call.ToolPattern;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Which agents and tools a rule is about; an empty list means all.
///
/// @param tools names, or whole systems as `crm.*`
/// @param tiers as the catalog says
/// @param agents by name
/// @param agentTypes by what kind of program they are
/// @param workspaces by team or tenant
public record Scope(
    List<ToolPattern> tools,
    Set<Tier> tiers,
    Set<AgentId> agents,
    Set<String> agentTypes,
    Set<String> workspaces) {
  /// Copies the collections.
  public Scope {
    tools = List.copyOf(tools);
    tiers = Set.copyOf(tiers);
    agents = Set.copyOf(agents);
    agentTypes = Set.copyOf(agentTypes);
    workspaces = Set.copyOf(workspaces);
  }

  boolean names(ToolName tool) {
    return tools.isEmpty() || tools.stream().anyMatch(pattern -> pattern.names(tool));
  }

  /// {@return the first of its lists that leaves out what is asked; empty if the rule is about it}
  Optional<String> leavesOut(Asked asked) {
    if (!names(asked.tool())) {
      return Optional.of("tools");
    }
    if (!has(tiers, asked.tier())) {
      return Optional.of("tiers");
    }
    if (!has(agents, asked.agent())) {
      return Optional.of("agents");
    }
    if (!has(agentTypes, asked.agentType())) {
      return Optional.of("agent_types");
    }
    return has(workspaces, asked.workspace()) ? Optional.empty() : Optional.of("workspaces");
  }

  private static <T> boolean has(Set<T> wanted, T value) {
    return wanted.isEmpty() || wanted.contains(value);
  }
}
