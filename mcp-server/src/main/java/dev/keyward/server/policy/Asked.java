package dev.keyward.server.policy;

import dev.keyward.call.AgentId;
import dev.keyward.call.Caller;
import dev.keyward.call.PersonId;
import dev.keyward.call.Tier;
import dev.keyward.call.ToolName;
import dev.keyward.catalog.Tool;
import dev.keyward.catalog.ToolCall;

/// What is known of a call before it is made: which agent, and which tool.
///
/// @param agentType as in [Caller]
/// @param workspace as in [Caller]
/// @param owner who answers for the agent
/// @param tier of the tool
/// @param system the one that the tool belongs to
/// @param origin where it is; empty for the broker itself
public record Asked(
    AgentId agent,
    String agentType,
    String workspace,
    PersonId owner,
    ToolName tool,
    Tier tier,
    String system,
    String origin) {

  /// Of a tool of the catalog.
  public Asked(AgentId agent, String agentType, String workspace, PersonId owner, Tool tool) {
    this(
        agent,
        agentType,
        workspace,
        owner,
        tool.name(),
        tool.tier(),
        tool.target().system(),
        tool.target().origin().toString());
  }

  /// {@return the part of `call` that is known before it}
  static Asked of(ToolCall call) {
    Caller caller = call.caller();
    return new Asked(
        caller.agent(), caller.agentType(), caller.workspace(), caller.owner(), call.tool());
  }

  static Asked of(MoreAccess wanted) {
    Caller caller = wanted.caller();
    return new Asked(
        caller.agent(),
        caller.agentType(),
        caller.workspace(),
        caller.owner(),
        MoreAccess.TOOL,
        wanted.tier(),
        MoreAccess.SYSTEM,
        "");
  }
}
