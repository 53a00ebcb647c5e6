package dev.keyward.server.run;

import dev.keyward.call.CallId;
import dev.keyward.call.Caller;
import dev.keyward.call.ToolName;
import dev.keyward.catalog.ToolCall;
import dev.keyward.server.policy.Asked;
import dev.keyward.server.policy.Judgement;
import dev.keyward.server.policy.MoreAccess;
import dev.keyward.server.policy.Policy;
import dev.keyward.server.policy.Verdict;
import dev.keyward.store.Tx;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/// Decides for a call in an inner run as strictly as for the strictest of the agents and runs
/// around it.
///
/// What an agent may not do, or not unasked, it may not do by an inner agent or in an inner run
/// either, and what is done inside is done by all of them.
public final class RunPolicy implements Policy {
  private static final Comparator<ToolCall> BY_AGENT =
      Comparator.comparing(call -> call.caller().agent().value());

  private final Policy policy;
  private final JobRuns runs;

  /// Asks `policy` for each of the agents and runs.
  public RunPolicy(Policy policy, JobRuns runs) {
    this.policy = policy;
    this.runs = runs;
  }

  @Override
  public Judgement decide(ToolCall call) {
    return strictest(forAll(call), policy::decide);
  }

  /// Each agent's history is locked as it is asked for. All calls ask in the order of the agents,
  /// so that two in runs that are nested the other way round never wait for one another.
  @Override
  public Judgement decide(Tx tx, ToolCall call) {
    return strictest(forAll(call).sorted(BY_AGENT), as -> policy.decide(tx, as));
  }

  @Override
  public Judgement decide(Tx tx, MoreAccess wanted) {
    Stream<Caller> callers =
        Stream.concat(Stream.of(wanted.caller()), runs.around(wanted.caller()).stream());
    return strictest(
        callers.map(caller -> new MoreAccess(caller, wanted.tier(), wanted.arguments())),
        as -> policy.decide(tx, as));
  }

  private static <T> Judgement strictest(Stream<T> all, Function<T, Judgement> decide) {
    return all.map(decide).reduce(RunPolicy::stricter).orElseThrow();
  }

  /// The call as it is, and as made by each of those around it.
  private Stream<ToolCall> forAll(ToolCall call) {
    return Stream.concat(
        Stream.of(call), runs.around(call.caller()).stream().map(around -> as(around, call)));
  }

  private static ToolCall as(Caller caller, ToolCall call) {
    return new ToolCall(
        call.id(), caller, call.tool(), call.arguments(), call.recorded(), call.digest());
  }

  private static Judgement stricter(Judgement one, Judgement other) {
    Judgement wins = compare(other.verdict(), one.verdict()) > 0 ? other : one;
    Set<String> personal = new HashSet<>(one.personal());
    personal.addAll(other.personal());
    return new Judgement(
        wins.verdict(),
        wins.policy(),
        wins.failure(),
        wins.observed(),
        one.counted() || other.counted(),
        personal);
  }

  private static int compare(Verdict one, Verdict other) {
    return one instanceof Verdict.AskPeople asks && other instanceof Verdict.AskPeople too
        ? asks.kind().compareTo(too.kind())
        : Integer.compare(strictness(one), strictness(other));
  }

  private static int strictness(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Allow _ -> 0;
      case Verdict.AskPeople _ -> 1;
      case Verdict.Deny _ -> 2;
    };
  }

  /// Of one agent alone; who lists asks for each of those around it.
  @Override
  public boolean denies(Asked asked) {
    return policy.denies(asked);
  }

  @Override
  public boolean mayAsk(ToolName tool) {
    return policy.mayAsk(tool);
  }

  @Override
  public void note(Tx tx, ToolCall call) {
    forAll(call).forEach(as -> policy.note(tx, as));
  }

  @Override
  public void forget(Tx tx, CallId call) {
    policy.forget(tx, call);
  }
}
