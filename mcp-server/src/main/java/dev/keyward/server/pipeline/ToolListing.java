package dev.keyward.server.pipeline;

import dev.keyward.call.CallRefused;
import dev.keyward.call.Refusal;
import dev.keyward.call.Tier;
import dev.keyward.catalog.Binding;
import dev.keyward.catalog.HttpBinding;
import dev.keyward.catalog.SqlBinding;
import dev.keyward.catalog.Tool;
import dev.keyward.catalog.ToolCatalog;
import dev.keyward.redaction.Redacted;
import dev.keyward.redaction.Redactor;
import dev.keyward.redaction.Secret;
import dev.keyward.server.identity.AgentSession;
import dev.keyward.server.identity.Identity;
import dev.keyward.server.identity.ToolNames;
import dev.keyward.server.limits.CallLimits;
import dev.keyward.server.policy.Gate;
import dev.keyward.server.run.Runs;
import dev.keyward.server.stop.Stops;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Tells an agent which tools it may call: the same decision as the call itself makes.
public final class ToolListing {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /// Methods of which the second request changes nothing more (RFC 9110, section 9.2.2).
  private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "PUT", "DELETE");

  private final Identity identity;
  private final Runs runs;
  private final Stops stops;
  private final CallLimits limits;
  private final Gate gate;
  private final VisibleTools visible;
  private final Redactor redactor;
  private final int most;

  /// Lists from the catalog as of now.
  ///
  /// @param most how many tools of the catalog a listing holds; the others are found by
  ///   `keyward.find_tools`
  public ToolListing(
      Identity identity,
      Runs runs,
      Stops stops,
      CallLimits limits,
      Gate gate,
      Supplier<ToolCatalog> catalog,
      Redactor redactor,
      int most) {
    this.identity = identity;
    this.runs = runs;
    this.stops = stops;
    this.limits = limits;
    this.gate = gate;
    this.visible = new VisibleTools(catalog, gate, runs);
    this.redactor = redactor;
    this.most = most;
  }

  /// {@return an array of MCP Tool objects, by name, and the broker's own tools behind them}
  ///
  /// @throws CallRefused with [Refusal.Unauthenticated], [Refusal.Stopped] or [Refusal.TooMany]
  public Redacted list(Secret key) {
    AgentSession session = identity.authenticate(key);
    refuseStopped(session);
    limits.count(runs.lead(session));
    boolean safe = session.agent().toolNames() == ToolNames.SAFE;
    ArrayNode list = JSON.arrayNode();
    List<Tool> tools = visible.of(session);
    tools.stream().limit(most).forEach(tool -> list.add(listed(tool, safe)));
    if (tools.size() > most) {
      list.add(FindTools.listed(safe, tools.size() - most));
    }
    boolean mayAsk = runs.bounded(session);
    if (mayAsk || tools.stream().anyMatch(gate::mayAsk)) {
      list.addAll(ApprovalTools.listed(safe));
    }
    if (mayAsk) {
      list.add(AccessRequest.listed(safe));
    }
    return redactor.scrub(list);
  }

  private void refuseStopped(AgentSession session) {
    stops
        .of(session, runs)
        .ifPresent(
            stop -> {
              throw new CallRefused(new Refusal.Stopped(stop.scope().words(), false));
            });
  }

  /// {@return a tool as MCP lists it}
  static ObjectNode listed(Tool tool, boolean safe) {
    ObjectNode listed = JSON.objectNode();
    listed.put("name", safe ? tool.name().safe() : tool.name().value());
    listed.put("title", tool.title());
    listed.put("description", tool.description());
    listed.set("inputSchema", tool.input().json());
    tool.outputSchema().ifPresent(schema -> listed.set("outputSchema", schema));
    listed.set("annotations", hints(tool));
    return listed;
  }

  /// Hints for clients; nothing here decides on them. What the catalog does not say is hinted at as
  /// if it were so: a write may overwrite unless its method only adds, and may add again unless its
  /// method cannot. A key for idempotency changes nothing: a call that was answered is a new one.
  private static ObjectNode hints(Tool tool) {
    boolean changes = tool.tier().changes();
    String method = method(tool.binding());
    boolean adds = tool.tier() == Tier.WRITE && method.equals("POST");
    return JSON.objectNode()
        .put("title", tool.title())
        .put("readOnlyHint", !changes)
        .put("destructiveHint", changes && !adds)
        .put("idempotentHint", !changes || IDEMPOTENT.contains(method))
        .put("openWorldHint", true);
  }

  private static String method(Binding binding) {
    return switch (binding) {
      case HttpBinding http -> http.method();
      case SqlBinding _ -> "SQL";
    };
  }
}
