package dev.keyward.server.run;

import dev.keyward.call.AgentId;
import dev.keyward.call.Delegator;
import dev.keyward.call.RunId;
import dev.keyward.call.ToolPattern;
import dev.keyward.catalog.ToolCatalog;
import dev.keyward.server.identity.Agent;
import dev.keyward.server.identity.AgentSession;
import dev.keyward.server.identity.Agents;
import dev.keyward.server.identity.ToolScope;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Refuses a run that asks for what its opener does not have.
///
/// Only what is plainly wider is refused here, for whoever asks to see it at once. What keeps an
/// inner run within the outer is [RunChain]: every call has to fit in all of them.
final class RunOpening {
  private static final Duration USUAL = Duration.ofHours(1);

  private final JobRuns runs;
  private final Agents agents;
  private final ShownIds shown;
  private final Supplier<ToolCatalog> catalog;
  private final InstantSource clock;

  RunOpening(
      JobRuns runs,
      Agents agents,
      ShownIds shown,
      Supplier<ToolCatalog> catalog,
      InstantSource clock) {
    this.runs = runs;
    this.agents = agents;
    this.shown = shown;
    this.catalog = catalog;
    this.clock = clock;
  }

  /// {@return the run that an agent may open}
  ///
  /// @throws RunRefused if it may not
  Draft byAgent(RunRequest request, AgentSession opener) {
    Optional<RunChain> outer = opener.run().map(this::chain);
    Agent agent = inner(request.agent().orElse(opener.agent().id()), opener.agent());
    Optional<ToolScope> scope = outer.isPresent() ? Optional.empty() : opener.narrowed();
    List<ToolScope> scopes = new ArrayList<>(List.of(agent.tools(), opener.agent().tools()));
    scope.ifPresent(scopes::add);
    outer.ifPresent(chain -> chain.links().forEach(link -> scopes.addAll(link.scopes())));
    refuseOtherTools(request, scopes);
    refuseOtherNames(request);
    outer.ifPresent(chain -> refuseWider(request, chain));
    if (!outer.map(RunChain::hasRoom).orElse(true)) {
      throw RunRefused.wider("a run this deep inside others can have none inside it");
    }
    Instant now = now();
    return new Draft(
        agent.id(),
        Optional.of(opener.agent().id()),
        scope,
        opener.run(),
        delegator(request, opener.delegator()),
        opener.subject(),
        request.purpose(),
        request.workflow().or(() -> outer.flatMap(chain -> chain.own().run().workflow())),
        mode(request, outer),
        request.given(),
        request.grants(),
        now,
        expires(request, now, opener.expires(), outer.isPresent()));
  }

  /// {@return the run that the operator may open: any}
  ///
  /// @throws RunRefused if there is no such agent
  Draft byOperator(RunRequest request) {
    Agent agent = live(request.agent().orElseThrow(() -> invalid("agent is missing")));
    refuseOtherTools(request, List.of(agent.tools()));
    refuseOtherNames(request);
    Instant now = now();
    return new Draft(
        agent.id(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        delegator(request, Optional.empty()),
        Optional.empty(),
        request.purpose(),
        request.workflow(),
        request.mode().orElse(RunMode.AUTONOMOUS),
        request.given(),
        request.grants(),
        now,
        now.plus(request.lifetime().orElse(USUAL)));
  }

  private RunChain chain(RunId run) {
    return runs.chain(run)
        .orElseThrow(() -> new RunRefused(RunRefused.Why.UNKNOWN, "the outer run has ended"));
  }

  /// Another owner would confirm what the opener's owner should, so it is the same person's agent.
  private Agent inner(AgentId name, Agent opener) {
    if (name.equals(opener.id())) {
      return opener;
    }
    return agents
        .live(name)
        .filter(agent -> agent.owner().equals(opener.owner()))
        .filter(agent -> agent.workspace().equals(opener.workspace()))
        .orElseThrow(
            () ->
                RunRefused.wider(
                    "agent must be a live agent of the opener's own owner and workspace"));
  }

  private Agent live(AgentId name) {
    return agents.live(name).orElseThrow(() -> invalid("there is no live agent of that name"));
  }

  private static void refuseOtherTools(RunRequest request, List<ToolScope> scopes) {
    for (ToolPattern tool : tools(request).toList()) {
      boolean seen =
          scopes.stream().allMatch(scope -> scope.patterns().stream().anyMatch(tool::within));
      if (!seen) {
        throw RunRefused.wider("tools must be among those of the agent and of whoever opens");
      }
    }
  }

  /// A condition on an argument that no such tool has would never hold.
  private void refuseOtherNames(RunRequest request) {
    for (Grant grant : request.grants()) {
      Set<String> known =
          catalog.get().tools().stream()
              .filter(tool -> grant.names(tool.name()))
              .flatMap(tool -> tool.input().names().stream())
              .collect(Collectors.toSet());
      if (!grant.where().stream().allMatch(condition -> known.containsAll(condition.names()))) {
        throw invalid("where must speak of arguments that the grant's tools have");
      }
    }
  }

  private static Stream<ToolPattern> tools(RunRequest request) {
    return request.grants().stream().flatMap(grant -> grant.tools().stream());
  }

  private void refuseWider(RunRequest request, RunChain outer) {
    if (request.mode().equals(Optional.of(RunMode.AUTONOMOUS)) && outer.advisory()) {
      throw RunRefused.wider("mode must be advisory, as that of the outer run");
    }
    for (Grant grant : request.grants()) {
      refuseWider(grant, outer);
    }
    RunId seenBy = outer.own().run().id();
    request
        .given()
        .forEach(
            (kind, ids) -> {
              if (!ids.stream().allMatch(id -> shown.has(seenBy, kind, id))) {
                throw RunRefused.wider(
                    "given must hold ids that the outer run was given or has been shown");
              }
            });
  }

  /// @throws RunRefused if `grant` cannot lie within one of the runs of `outer`
  static void refuseWider(Grant grant, RunChain outer) {
    for (RunChain.Link link : outer.links()) {
      List<Grant> wider = link.run().granted();
      boolean fits =
          wider.isEmpty()
              || grant.byTool().allMatch(one -> wider.stream().anyMatch(one::mayLieWithin));
      boolean inTime = grant.until().filter(link.run().expires()::isBefore).isEmpty();
      if (!fits || !inTime) {
        throw RunRefused.wider("grants must have their tools, tiers and times from the outer run");
      }
    }
  }

  /// A signed token speaks for one person. Whoever else is named is only claimed, and where
  /// somebody is known already, nobody else may be.
  private static Optional<Delegator> delegator(RunRequest request, Optional<Delegator> known) {
    if (known.isEmpty()) {
      return request.delegator().map(person -> new Delegator(person, false));
    }
    boolean other =
        request.delegator().filter(person -> !person.equals(known.get().person())).isPresent();
    if (other) {
      throw RunRefused.wider("delegator must be the person for whom the opener acts");
    }
    return known;
  }

  private static RunMode mode(RunRequest request, Optional<RunChain> outer) {
    return request
        .mode()
        .or(() -> outer.map(chain -> chain.own().run().mode()))
        .orElse(RunMode.AUTONOMOUS);
  }

  private static Instant expires(RunRequest request, Instant now, Instant atMost, boolean inner) {
    Instant latest = atMost.truncatedTo(ChronoUnit.MILLIS);
    Instant asked = now.plus(request.lifetime().orElse(USUAL));
    if (!asked.isAfter(latest)) {
      return asked;
    }
    if (inner && request.lifetime().isPresent()) {
      throw RunRefused.wider("minutes must end within the outer run");
    }
    return latest;
  }

  private static RunRefused invalid(String message) {
    return new RunRefused(RunRefused.Why.INVALID, message);
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
