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

  PermittedCall(ToolCall call, Judgement judgement, Optional<ApprovalId> approval) {
    this(call, judgement, approval, Optional.empty());
  }

  /// @param asked what the agent called, where people have changed the arguments
  PermittedCall(
      ToolCall call, Judgement judgement, Optional<ApprovalId> approval, Optional<ToolCall> asked) {
    this.call = call;
    this.judgement = judgement;
    this.approval = approval;
    this.asked = asked;
  }

  /// {@return what may run}
  public ToolCall call() {
    return call;
  }

  /// {@return what the agent called, where people have changed the arguments}
  public Optional<ToolCall> asked() {
    return asked;
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
