package dev.keyward.server.pipeline;

import dev.keyward.catalog.Tool;
import dev.keyward.catalog.ToolCatalog;
import dev.keyward.server.identity.Agent;
import dev.keyward.server.identity.AgentSession;
import dev.keyward.server.policy.Asked;
import dev.keyward.server.policy.Gate;
import dev.keyward.server.run.Runs;
import java.util.List;
import java.util.function.Supplier;

/// The tools of the catalog that an agent may call: the same decision as the call itself makes.
final class VisibleTools {
  private final Supplier<ToolCatalog> catalog;
  private final Gate gate;
  private final Runs runs;

  VisibleTools(Supplier<ToolCatalog> catalog, Gate gate, Runs runs) {
    this.catalog = catalog;
    this.gate = gate;
    this.runs = runs;
  }

  /// {@return them, by name}
  List<Tool> of(AgentSession session) {
    return catalog.get().tools().stream()
        .filter(tool -> session.sees(tool.name()))
        .filter(tool -> runs.outside(session, tool).isEmpty())
        .filter(tool -> !denied(session, tool))
        .toList();
  }

  /// In an inner run what is denied to one of the agents around it is denied.
  private boolean denied(AgentSession session, Tool tool) {
    return runs.agents(session).stream().anyMatch(agent -> gate.denies(asked(agent, tool)));
  }

  private static Asked asked(Agent agent, Tool tool) {
    return new Asked(agent.id(), agent.type(), agent.workspace(), agent.owner(), tool);
  }
}
