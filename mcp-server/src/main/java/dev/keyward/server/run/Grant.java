package dev.keyward.server.run;

import dev.keyward.call.Caller;
import dev.keyward.call.Delegator;
import dev.keyward.call.GrantPart;
import dev.keyward.call.PersonId;
import dev.keyward.call.Tier;
import dev.keyward.call.ToolName;
import dev.keyward.call.ToolPattern;
import dev.keyward.catalog.Tool;
import dev.keyward.catalog.ToolCall;
import dev.keyward.server.condition.ArgumentFacts;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// What a run may do: calls that fit in every dimension. A dimension that is left empty bounds
/// nothing; the agent's own tools, policy and people bound all of it.
///
/// @param agentTypes types of agents
/// @param workspaces teams or tenants
/// @param delegators on whose behalf; a person who is only claimed fits none
/// @param tools names and patterns
/// @param tiers how much harm the tools may do
/// @param where conditions on the arguments, all of which must hold
/// @param from not before
/// @param until no longer than
/// @param calls how many, all runs within this one included
/// @param budget a bound on the sum of an argument
public record Grant(
    Set<String> agentTypes,
    Set<String> workspaces,
    Set<PersonId> delegators,
    List<ToolPattern> tools,
    Set<Tier> tiers,
    List<RecordCondition> where,
    Optional<Instant> from,
    Optional<Instant> until,
    Optional<Integer> calls,
    Optional<Budget> budget) {
  /// Copies the collections.
  public Grant {
    agentTypes = Set.copyOf(agentTypes);
    workspaces = Set.copyOf(workspaces);
    delegators = Set.copyOf(delegators);
    tools = List.copyOf(tools);
    tiers = Set.copyOf(tiers);
    where = List.copyOf(where);
  }

  /// {@return the first dimension in which no call of `tool` fits, whatever its arguments}
  Optional<GrantPart> fault(Caller caller, Tool tool, Instant now) {
    if (!agentTypes.isEmpty() && !agentTypes.contains(caller.agentType())) {
      return Optional.of(GrantPart.AGENT);
    }
    if (!workspaces.isEmpty() && !workspaces.contains(caller.workspace())) {
      return Optional.of(GrantPart.WORKSPACE);
    }
    if (!delegators.isEmpty() && !isFor(caller)) {
      return Optional.of(GrantPart.DELEGATOR);
    }
    if (!names(tool.name())) {
      return Optional.of(GrantPart.TOOL);
    }
    if (!tiers.isEmpty() && !tiers.contains(tool.tier())) {
      return Optional.of(GrantPart.TIER);
    }
    return isOpen(now) ? Optional.empty() : Optional.of(GrantPart.WINDOW);
  }

  /// {@return as [#fault(Caller, Tool, Instant)], with the call's arguments}
  Optional<GrantPart> fault(Caller caller, ToolCall call, Instant now) {
    Optional<GrantPart> fault = fault(caller, call.tool(), now);
    if (fault.isPresent()) {
      return fault;
    }
    if (!where.isEmpty()) {
      var arguments = new ArgumentFacts(call.arguments());
      if (!where.stream().allMatch(condition -> condition.holds(arguments))) {
        return Optional.of(GrantPart.RECORD);
      }
    }
    boolean countable = budget.map(b -> b.share(call.arguments()).isPresent()).orElse(true);
    return countable ? Optional.empty() : Optional.of(GrantPart.BUDGET);
  }

  /// {@return whether calls are counted against it}
  boolean counts() {
    return calls.isPresent() || budget.isPresent();
  }

  /// {@return whether nothing but time, tools or tiers shows that `wider` cannot cover all of this}
  boolean mayLieWithin(Grant wider) {
    boolean tiersFit = wider.tiers.isEmpty() || tiers.isEmpty() || wider.tiers.containsAll(tiers);
    return tiersFit
        && tools.stream().allMatch(wider::names)
        && !until.filter(end -> wider.until.filter(end::isAfter).isPresent()).isPresent();
  }

  /// {@return this grant once for each of its tools, since these may come from different grants}
  Stream<Grant> byTool() {
    return tools.isEmpty() ? Stream.of(this) : tools.stream().map(tool -> onlyFor(List.of(tool)));
  }

  /// {@return the same grant, ending then}
  Grant until(Instant end) {
    return new Grant(
        agentTypes,
        workspaces,
        delegators,
        tools,
        tiers,
        where,
        from,
        Optional.of(end),
        calls,
        budget);
  }

  private Grant onlyFor(List<ToolPattern> some) {
    return new Grant(
        agentTypes, workspaces, delegators, some, tiers, where, from, until, calls, budget);
  }

  /// {@return whether this is one of the tools}
  boolean names(ToolName tool) {
    return tools.isEmpty() || tools.stream().anyMatch(pattern -> pattern.names(tool));
  }

  /// {@return whether every tool of `pattern` is one of these}
  boolean names(ToolPattern pattern) {
    return tools.isEmpty() || tools.stream().anyMatch(pattern::within);
  }

  private boolean isFor(Caller caller) {
    return caller
        .delegator()
        .filter(Delegator::verified)
        .filter(delegator -> delegators.contains(delegator.person()))
        .isPresent();
  }

  private boolean isOpen(Instant now) {
    return from.filter(now::isBefore).isEmpty()
        && until.filter(end -> !now.isBefore(end)).isEmpty();
  }
}
