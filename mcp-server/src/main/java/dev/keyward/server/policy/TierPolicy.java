package dev.keyward.server.policy;

import dev.keyward.call.AgentId;
import dev.keyward.call.ApprovalKind;
import dev.keyward.call.Tier;
import dev.keyward.call.ToolName;
import dev.keyward.call.ToolPattern;
import dev.keyward.catalog.ToolCall;
import java.util.List;
import java.util.Set;

/// The policy of a fresh install: each tier has its answer, and the operator may allow single
/// tools.
///
/// Reads run, writes need the confirmation of the person behind the agent, dangerous writes need
/// two independent people (one in a declared single-operator install). An allow rule replaces the
/// answer for writes; it never lowers that for dangerous writes.
public final class TierPolicy implements Policy {
  private final List<Allow> rules;
  private final boolean singleOperator;

  /// Lets `agents` (none means all that see the tool) call `tool` (a name, or `crm.*`) unasked.
  public record Allow(ToolPattern tool, Set<AgentId> agents) {
    /// Copies the agents.
    public Allow {
      agents = Set.copyOf(agents);
    }

    private boolean matches(AgentId agent, ToolName name) {
      return tool.names(name) && (agents.isEmpty() || agents.contains(agent));
    }
  }

  /// Takes the operator's rules, in no order: they all say the same.
  public TierPolicy(List<Allow> rules, boolean singleOperator) {
    this.rules = List.copyOf(rules);
    this.singleOperator = singleOperator;
  }

  @Override
  public Verdict decide(ToolCall call) {
    Tier tier = call.tool().tier();
    String byTier = "tier " + tier.wire();
    return switch (tier) {
      case READ -> new Verdict.Allow(byTier);
      case WRITE ->
          allowed(call)
              ? new Verdict.Allow("allow " + call.tool().name())
              : new Verdict.AskPeople(byTier, ApprovalKind.CONFIRM);
      case DANGEROUS_WRITE -> new Verdict.AskPeople(byTier, Policy.floor(singleOperator));
    };
  }

  private boolean allowed(ToolCall call) {
    return rules.stream().anyMatch(rule -> rule.matches(call.caller().agent(), call.tool().name()));
  }
}
