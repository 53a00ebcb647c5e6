package dev.keyward.server.control;

import dev.keyward.call.AgentId;
import dev.keyward.call.ToolName;
import dev.keyward.call.ToolPattern;
import dev.keyward.catalog.Target;
import dev.keyward.catalog.Tool;
import dev.keyward.server.audit.AuditRecords;
import dev.keyward.server.identity.Agent;
import dev.keyward.server.identity.Agents;
import dev.keyward.server.run.OpenRuns;
import dev.keyward.server.stop.Stop;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `access`: which live agents can reach which tools, systems and credentials, and when they last
/// did.
final class AccessCommands {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final OperatorCommands.Parts parts;

  AccessCommands(OperatorCommands.Parts parts) {
    this.parts = parts;
  }

  void offer(Map<String, OperatorCommands.Command> commands) {
    commands.put("access", this::access);
  }

  private JsonNode access(Fields fields) {
    Optional<AgentId> agent = fields.optional("agent", AgentId::new);
    Optional<ToolPattern> tool = fields.optional("tool", ToolPattern::new);
    Optional<String> target = fields.optional("target");
    Optional<String> credential = fields.optional("credential");
    var picture = new Picture();
    ArrayNode rows = JSON.arrayNode();
    for (Agents.Listed listed : parts.agents().list()) {
      Agent of = listed.agent();
      boolean counts = !listed.revoked() && agent.filter(id -> !id.equals(of.id())).isEmpty();
      for (Tool reached : counts ? parts.catalog().current().tools() : List.<Tool>of()) {
        boolean wanted =
            of.tools().sees(reached.name())
                && tool.filter(pattern -> !pattern.names(reached.name())).isEmpty()
                && target.filter(name -> !names(name, reached.target())).isEmpty()
                && credential.filter(ref -> !ref.equals(credential(reached))).isEmpty();
        if (wanted) {
          rows.add(picture.row(of.id(), reached));
        }
      }
    }
    return rows;
  }

  private static boolean names(String target, Target of) {
    return target.equals(of.system()) || target.equals(of.origin().toString());
  }

  private static String credential(Tool tool) {
    return tool.credential().map(use -> use.ref().toString()).orElse("");
  }

  /// What is looked up once for all rows.
  private final class Picture {
    private final Map<AuditRecords.Pair, Instant> used = parts.records().lastCalls();
    private final List<Stop> stops = parts.killSwitch().list();
    private final OpenRuns runs = parts.everyRun().open();

    ObjectNode row(AgentId agent, Tool tool) {
      ObjectNode row = JSON.objectNode();
      row.put("agent", agent.value());
      ArrayNode live = row.putArray("runs");
      runs.reaching(agent, tool).forEach(run -> live.add(run.value()));
      row.put("tool", tool.name().value());
      row.put("tier", tool.tier().wire());
      row.put("target", tool.target().origin().toString());
      row.put("credential", credential(tool));
      lastUsed(agent, tool.name()).ifPresent(at -> row.put("last_used", at));
      row.put("stopped", stopped(agent, tool));
      return row;
    }

    private Optional<String> lastUsed(AgentId agent, ToolName tool) {
      return Optional.ofNullable(used.get(new AuditRecords.Pair(agent, tool)))
          .map(at -> at.truncatedTo(ChronoUnit.SECONDS).toString());
    }

    private boolean stopped(AgentId agent, Tool tool) {
      return stops.stream()
          .anyMatch(stop -> stop.scope().coversAgent(agent) || stop.scope().coversTool(tool));
    }
  }
}
