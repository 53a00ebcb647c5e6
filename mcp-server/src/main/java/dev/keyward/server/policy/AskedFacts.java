package dev.keyward.server.policy;

import dev.keyward.server.condition.Facts;
import java.util.List;
import java.util.Optional;

/// What rules may know before a call is made: the agent and the tool.
///
/// @param asked which they are
record AskedFacts(Asked asked) implements Facts {

  static Optional<Object> value(Asked asked, String name) {
    return switch (name) {
      case "agent.id" -> Optional.of(asked.agent().value());
      case "agent.type" -> Optional.of(asked.agentType());
      case "agent.workspace" -> Optional.of(asked.workspace());
      case "agent.owner" -> Optional.of(asked.owner().value());
      case "tool.name" -> Optional.of(asked.tool().value());
      case "tool.tier" -> Optional.of(asked.tier().wire());
      case "target.system" -> Optional.of(asked.system());
      case "target.origin" -> Optional.of(asked.origin());
      default -> Optional.empty();
    };
  }

  @Override
  public Optional<Object> value(String name) {
    return value(asked, name);
  }

  @Override
  public int weight(String name) {
    return 1;
  }

  @Override
  public Object call(String function, List<Object> arguments) {
    throw new IllegalStateException("nothing was done before a call is made");
  }
}
