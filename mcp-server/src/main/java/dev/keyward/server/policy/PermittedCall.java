package dev.keyward.server.policy;

import dev.keyward.call.ApprovalId;
import dev.keyward.catalog.ToolCall;
import java.util.Optional;

/// Proof that a call may run: only [Gate] makes one, and `upstream` takes nothing else.
public final class PermittedCall {
  private final ToolCall call;
  private final Judgement judgement;
  private final Optional<ApprovalId> approval;
  private final Optional<ToolCall> asked;
  private final boolean forPeople;

  PermittedCall(ToolCall call, Judgement judgement, Optional<ApprovalId> approval) {
    this(call, judgement, approval, Optional.empty(), false);
  }

  private PermittedCall(
      ToolCall call,
      Judgement judgement,
      Optional<ApprovalId> approval,
      Optional<ToolCall> asked,
      boolean forPeople) {
    this.call = call;
    this.judgement = judgement;
    this.approval = approval;
    this.asked = asked;
    this.forPeople = forPeople;
  }

  /// {@return a call with arguments that people have put in place of those of `asked`}
  static PermittedCall edited(
      ToolCall call, Judgement judgement, ApprovalId approval, ToolCall asked) {
    return new PermittedCall(call, judgement, Optional.of(approval), Optional.of(asked), false);
  }

  /// {@return a read that is made for people}
  static PermittedCall forPeople(ToolCall call, Judgement judgement) {
    return new PermittedCall(call, judgement, Optional.empty(), Optional.empty(), true);
  }

  /// {@return what may run}
  public ToolCall call() {
    return call;
  }

  /// {@return what the agent called, where people have changed the arguments}
  public Optional<ToolCall> asked() {
    return asked;
  }

  /// {@return whether the answer is for the people who decide on another call, and for no agent}
  public boolean forPeople() {
    return forPeople;
  }

  /// {@return what the policy said}
  public Judgement judgement() {
    return judgement;
  }

  /// {@return the approval that is to be consumed with the intent, where people were asked}
  public Optional<ApprovalId> approval() {
    return approval;
  }
}
