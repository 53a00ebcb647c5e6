package dev.keyward.server.pipeline;

import dev.keyward.call.AgentId;
import dev.keyward.call.CallRefused;
import dev.keyward.call.Refusal;
import dev.keyward.call.Tier;
import dev.keyward.catalog.Binding;
import dev.keyward.catalog.HttpBinding;
import dev.keyward.catalog.Tool;
import dev.keyward.catalog.ToolCatalog;
import dev.keyward.redaction.Redacted;
import dev.keyward.redaction.Redactor;
import dev.keyward.redaction.Secret;
import dev.keyward.server.identity.Agent;
import dev.keyward.server.identity.AgentSession;
import dev.keyward.server.identity.Identity;
import dev.keyward.server.identity.ToolNames;
import dev.keyward.server.policy.Asked;
import dev.keyward.server.policy.Gate;
import dev.keyward.server.run.Runs;
import dev.keyward.server.stop.Stops;
import java.util.function.Supplier;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Tells an agent which tools it may call: the same decision as the call itself makes.
public final class ToolListing {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Identity identity;
  private final Runs runs;
  private final Stops stops;
  private final Gate gate;
  private final Supplier<ToolCatalog> catalog;
  private final Redactor redactor;

  /// Lists from the catalog as of now.
  public ToolListing(
      Identity identity,
      Runs runs,
      Stops stops,
      Gate gate,
      Supplier<ToolCatalog> catalog,
      Redactor redactor) {
    this.identity = identity;
    this.runs = runs;
    this.stops = stops;
    this.gate = gate;
    this.catalog = catalog;
    this.redactor = redactor;
  }

  /// {@return an array of MCP Tool objects, by name, and the broker's own tool behind them}
  ///
  /// @throws CallRefused with [Refusal.Unauthenticated], or [Refusal.Stopped]
  public Redacted list(Secret key) {
    AgentSession session = identity.authenticate(key);
    refuseStopped(session.agent().id());
    boolean safe = session.agent().toolNames() == ToolNames.SAFE;
    ArrayNode list = JSON.arrayNode();
    boolean mayWait = false;
    for (Tool tool : catalog.get().tools()) {
      if (session.sees(tool.name())
          && runs.outside(session, tool).isEmpty()
          && !denied(session, tool)) {
        list.add(listed(tool, safe));
        mayWait |= gate.mayAsk(tool);
      }
    }
    boolean mayAsk = runs.bounded(session);
    if (mayWait || mayAsk) {
      list.addAll(ApprovalTools.listed(safe));
    }
    if (mayAsk) {
      list.add(AccessRequest.listed(safe));
    }
    return redactor.scrub(list);
  }

  private void refuseStopped(AgentId agent) {
    stops
        .of(agent)
        .ifPresent(
            stop -> {
              throw new CallRefused(new Refusal.Stopped(stop.scope().words(), false));
            });
  }

  /// In an inner run what is denied to one of the agents around it is denied.
  private boolean denied(AgentSession session, Tool tool) {
    return runs.agents(session).stream().anyMatch(agent -> gate.denies(asked(agent, tool)));
  }

  private static Asked asked(Agent agent, Tool tool) {
    return new Asked(agent.id(), agent.type(), agent.workspace(), agent.owner(), tool);
  }

  private static ObjectNode listed(Tool tool, boolean safe) {
    ObjectNode listed = JSON.objectNode();
    listed.put("name", safe ? tool.name().safe() : tool.name().value());
    listed.put("title", tool.title());
    listed.put("description", tool.description());
    listed.set("inputSchema", tool.input().json());
    tool.outputSchema().ifPresent(schema -> listed.set("outputSchema", schema));
    listed.set("annotations", hints(tool));
    return listed;
  }

  /// Hints for clients, from the catalog's tier; nothing here decides on them.
  private static ObjectNode hints(Tool tool) {
    return JSON.objectNode()
        .put("title", tool.title())
        .put("readOnlyHint", !tool.tier().changes())
        .put("destructiveHint", tool.tier() == Tier.DANGEROUS_WRITE)
        .put("idempotentHint", !tool.tier().changes() || idempotent(tool.binding()))
        .put("openWorldHint", true);
  }

  private static boolean idempotent(Binding binding) {
    return switch (binding) {
      case HttpBinding http -> http.idempotencyHeader().isPresent();
    };
  }
}
