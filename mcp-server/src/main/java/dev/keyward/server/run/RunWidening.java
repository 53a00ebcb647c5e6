package dev.keyward.server.run;

import dev.keyward.call.CanonicalJson;
import dev.keyward.call.Refusal;
import dev.keyward.call.RunId;
import dev.keyward.server.identity.AgentSession;
import dev.keyward.server.identity.ToolScope;
import dev.keyward.store.Tx;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;

/// Gives a run more than it was opened with, once people have agreed or a rule has.
///
/// A further grant is one more of which one must cover a call. What the agent may do at all, and
/// the runs around this one, bound it as before, whatever people have given. Thread-safe.
public final class RunWidening {
  private final JobRuns runs;
  private final Runs.RunListener listener;
  private final InstantSource clock;

  /// Widens `runs`, and tells `listener`.
  public RunWidening(JobRuns runs, Runs.RunListener listener, InstantSource clock) {
    this.runs = runs;
    this.listener = listener;
    this.clock = clock;
  }

  /// Refuses what people could not give either.
  ///
  /// @throws IllegalArgumentException naming the rule
  public void refuseWider(AgentSession session, AccessWanted wanted) {
    RunChain chain = chain(session);
    List<ToolScope> scopes =
        chain.links().stream().flatMap(link -> link.scopes().stream()).toList();
    boolean seen =
        wanted.grant().tools().stream()
            .allMatch(
                tool ->
                    scopes.stream()
                        .allMatch(scope -> scope.patterns().stream().anyMatch(tool::within)));
    if (!seen) {
      throw new IllegalArgumentException("tools must be among those of the agent");
    }
    try {
      chain.outer().ifPresent(outer -> RunOpening.refuseWider(wanted.grant(), outer));
    } catch (RunRefused e) {
      throw new IllegalArgumentException(e.sentence(), e);
    }
    if (!chain.own().run().canBeGivenMore()) {
      throw new IllegalArgumentException("this run can be given no more than it has");
    }
  }

  /// {@return what must be the same when people's answer is used: what bounds the run from outside,
  /// and who answers for it}
  public String context(AgentSession session) {
    var out = new StringBuilder();
    for (RunChain.Link link : chain(session).links()) {
      out.append(link.caller()).append(link.scopes()).append(link.run().mode());
      if (link.run().id().equals(session.run().orElseThrow())) {
        continue; // its own grants may grow meanwhile
      }
      out.append(link.run().grantsDigest());
    }
    return CanonicalJson.sha256(JsonNodeFactory.instance.stringNode(out.toString()));
  }

  /// Gives what was asked for, in the unit in which people's answer is used or the rule was asked.
  /// What a rule has given is not given once more before it ends, so that its bounds hold.
  public AccessWanted.Given widen(
      Tx tx, AgentSession session, AccessWanted wanted, RunChange.Reason why) {
    RunId id = session.run().orElseThrow();
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    if (why instanceof RunChange.Reason.OfRule) {
      Optional<Instant> given = runs.given(tx, id, wanted.grant(), now);
      if (given.isPresent()) {
        return new AccessWanted.Given(given.get(), Optional.empty());
      }
    }
    Instant until = now.plus(wanted.lifetime());
    Optional<JobRun> widened = runs.widen(tx, id, wanted.grant().until(until));
    if (widened.isEmpty()) {
      return AccessWanted.Given.not(new Refusal.Unauthenticated());
    }
    listener.append(tx, new RunChange.Widened(widened.get(), why));
    Instant end = widened.get().expires();
    return new AccessWanted.Given(until.isBefore(end) ? until : end, Optional.empty());
  }

  private RunChain chain(AgentSession session) {
    return session
        .run()
        .flatMap(runs::chain)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "this run has all that its agent may do; more is for the operator to give"));
  }
}
