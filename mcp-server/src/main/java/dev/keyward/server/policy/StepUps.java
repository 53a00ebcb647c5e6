package dev.keyward.server.policy;

import dev.keyward.call.ApprovalKind;
import dev.keyward.call.CallId;
import dev.keyward.call.ToolName;
import dev.keyward.catalog.ToolCall;
import dev.keyward.server.unusual.Behaviour;
import dev.keyward.server.unusual.Finding;
import dev.keyward.store.Tx;
import java.util.Optional;

/// A policy that asks people about what is unusual, where the settings say so. It only ever makes
/// another policy's answer stricter.
public final class StepUps implements Policy {
  private final Policy policy;
  private final Behaviour behaviour;

  /// Makes `policy` stricter by what `behaviour` finds.
  public StepUps(Policy policy, Behaviour behaviour) {
    this.policy = policy;
    this.behaviour = behaviour;
  }

  @Override
  public Judgement decide(ToolCall call) {
    return stricter(policy.decide(call), call);
  }

  @Override
  public Judgement decide(Tx tx, ToolCall call) {
    return stricter(policy.decide(tx, call), call);
  }

  /// What is unusual is found in calls.
  @Override
  public Judgement decide(Tx tx, MoreAccess wanted) {
    return policy.decide(tx, wanted);
  }

  @Override
  public boolean denies(Asked asked) {
    return policy.denies(asked);
  }

  @Override
  public boolean mayAsk(ToolName tool) {
    return behaviour.mayAsk() || policy.mayAsk(tool);
  }

  @Override
  public void note(Tx tx, ToolCall call) {
    policy.note(tx, call);
  }

  @Override
  public void forget(Tx tx, CallId call) {
    policy.forget(tx, call);
  }

  private Judgement stricter(Judgement judgement, ToolCall call) {
    Verdict verdict = judgement.verdict();
    for (Finding finding : behaviour.findings(call)) {
      verdict = stricter(verdict, finding);
    }
    return judgement.with(verdict);
  }

  private static Verdict stricter(Verdict verdict, Finding finding) {
    Optional<ApprovalKind> least = finding.reaction().asks();
    String rule = "unusual: " + finding.detector().wire();
    return switch (verdict) {
      case Verdict.Deny _ -> verdict;
      case Verdict.Allow _ ->
          least.<Verdict>map(kind -> new Verdict.AskPeople(rule, kind)).orElse(verdict);
      case Verdict.AskPeople(_, var kind) ->
          least
              .filter(wanted -> wanted.compareTo(kind) > 0)
              .<Verdict>map(wanted -> new Verdict.AskPeople(rule, wanted))
              .orElse(verdict);
    };
  }
}
