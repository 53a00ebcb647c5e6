package dev.keyward.server.policy;

import dev.keyward.call.AgentId;
import dev.keyward.call.Caller;
import dev.keyward.call.PersonId;
import dev.keyward.catalog.Tool;
import dev.keyward.catalog.ToolCall;

/// What is known of a call before it is made: which agent, and which tool.
///
/// @param agentType as in [Caller]
/// @param workspace as in [Caller]
/// @param owner who answers for the agent
public record Asked(AgentId agent, String agentType, String workspace, PersonId owner, Tool tool) {

  /// {@return the part of `call` that is known before it}
  static Asked of(ToolCall call) {
    Caller caller = call.caller();
    return new Asked(
        caller.agent(), caller.agentType(), caller.workspace(), caller.owner(), call.tool());
  }
}
