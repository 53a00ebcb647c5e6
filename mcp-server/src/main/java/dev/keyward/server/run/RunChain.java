package dev.keyward.server.run;

import dev.keyward.call.AgentId;
import dev.keyward.call.Caller;
import dev.keyward.call.GrantPart;
import dev.keyward.call.RunId;
import dev.keyward.call.ToolName;
import dev.keyward.catalog.Tool;
import dev.keyward.catalog.ToolCall;
import dev.keyward.server.identity.Agent;
import dev.keyward.server.identity.ToolScope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A run with every run that it was opened in, as they are now. A call has to fit in all of them,
/// so that nothing inside can do what the outside could not.
///
/// @param links the run itself first
record RunChain(List<Link> links) {
  private static final int DEEPEST = 8;

  RunChain {
    links = List.copyOf(links);
  }

  /// One of the runs.
  ///
  /// @param agent whose run it is
  /// @param opener the agent that opened it from outside any run
  record Link(JobRun run, Agent agent, Optional<Agent> opener) {
    /// {@return who calls in this run}
    Caller caller() {
      return new Caller(
          agent.id(), agent.type(), agent.workspace(), agent.owner(), run.id(), run.delegator());
    }

    /// {@return who could call in place of the run: its agent, and whoever opened it}
    List<Caller> callers() {
      List<Caller> callers = new ArrayList<>(List.of(caller()));
      opener
          .filter(other -> !other.id().equals(agent.id()))
          .ifPresent(
              other ->
                  callers.add(
                      new Caller(
                          other.id(),
                          other.type(),
                          other.workspace(),
                          other.owner(),
                          run.id(),
                          run.delegator())));
      return callers;
    }

    private boolean sees(ToolName tool) {
      return agent.tools().sees(tool)
          && opener.map(other -> other.tools().sees(tool)).orElse(true)
          && run.openerScope().map(scope -> scope.sees(tool)).orElse(true);
    }

    /// {@return everything that bounds the tools of this run, apart from its grants}
    List<ToolScope> scopes() {
      List<ToolScope> scopes = new ArrayList<>(List.of(agent.tools()));
      opener.map(Agent::tools).ifPresent(scopes::add);
      run.openerScope().ifPresent(scopes::add);
      return scopes;
    }

    private Optional<GrantPart> fault(Tool tool, Instant now) {
      if (!sees(tool.name())) {
        return Optional.of(GrantPart.TOOL);
      }
      return furthest(
          run.granted().stream().map(grant -> grant.fault(caller(), tool, now)).toList());
    }

    private Optional<GrantPart> fault(ToolCall call, Instant now) {
      if (!sees(call.tool().name())) {
        return Optional.of(GrantPart.TOOL);
      }
      return furthest(
          run.granted().stream().map(grant -> grant.fault(caller(), call, now)).toList());
    }

    /// {@return the grants that cover the call, in their order}
    List<HeldGrant> covering(ToolCall call, Instant now) {
      return run.grants().stream()
          .filter(held -> held.grant().fault(caller(), call, now).isEmpty())
          .toList();
    }
  }

  /// {@return whether a run can be opened in this one}
  boolean hasRoom() {
    return links.size() <= DEEPEST;
  }

  /// {@return the run's own link}
  Link own() {
    return links.getFirst();
  }

  /// {@return the runs around this one; empty if it was opened in none}
  Optional<RunChain> outer() {
    return links.size() == 1
        ? Optional.empty()
        : Optional.of(new RunChain(links.subList(1, links.size())));
  }

  /// {@return the agents of all of them, and those that opened them}
  Set<Agent> agents() {
    Set<Agent> agents = new LinkedHashSet<>();
    for (Link link : links) {
      agents.add(link.agent);
      link.opener.ifPresent(agents::add);
    }
    return agents;
  }

  /// {@return who calls in the run}
  Caller caller() {
    Link outermost = links.getLast();
    AgentId lead = outermost.opener.orElse(outermost.agent).id();
    Caller own = own().caller();
    return new Caller(
        own.agent(),
        own.agentType(),
        own.workspace(),
        own.owner(),
        own.run(),
        own.delegator(),
        lead);
  }

  /// {@return the run that all of them are in}
  RunId root() {
    return links.getLast().run().id();
  }

  /// {@return the first dimension in which no call of `tool` fits}
  Optional<GrantPart> fault(Tool tool, Instant now) {
    return links.stream().flatMap(link -> link.fault(tool, now).stream()).findFirst();
  }

  /// {@return the first dimension in which the call does not fit; counts are not looked at}
  Optional<GrantPart> fault(ToolCall call, Instant now) {
    return links.stream().flatMap(link -> link.fault(call, now).stream()).findFirst();
  }

  /// {@return whether calls are counted against one of their grants}
  boolean counts() {
    return links.stream().flatMap(link -> link.run().granted().stream()).anyMatch(Grant::counts);
  }

  /// {@return whether one of them only proposes}
  boolean advisory() {
    return links.stream().anyMatch(link -> link.run().mode() == RunMode.ADVISORY);
  }

  /// Where one grant covers the call there is no fault; else the one that came furthest tells most.
  private static Optional<GrantPart> furthest(List<Optional<GrantPart>> faults) {
    return faults.stream().anyMatch(Optional::isEmpty)
        ? Optional.empty()
        : faults.stream().flatMap(Optional::stream).max(GrantPart::compareTo);
  }
}
