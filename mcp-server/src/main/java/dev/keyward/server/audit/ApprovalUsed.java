package dev.keyward.server.audit;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.Decision;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.ApprovalKind;
import java.util.List;

/// The approval that a call consumed, and who gave it.
///
/// @param kind how many people had to agree, and how independent
/// @param decisions in the order in which they were made; the people's words are not recorded
/// @param singleOperator whether independence was waived by the operator's declaration
public record ApprovalUsed(
    ApprovalId id, ApprovalKind kind, List<Decision> decisions, boolean singleOperator) {
  /// Copies the list.
  public ApprovalUsed {
    decisions = List.copyOf(decisions);
  }

  /// {@return what the record says of `request`}
  public static ApprovalUsed of(ApprovalRequest request) {
    return new ApprovalUsed(
        request.id(), request.kind(), request.decisions(), request.singleOperator());
  }
}
