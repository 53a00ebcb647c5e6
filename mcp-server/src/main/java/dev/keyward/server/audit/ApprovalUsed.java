package dev.keyward.server.audit;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.Decision;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.ApprovalKind;
import dev.keyward.call.CallDigest;
import dev.keyward.call.PersonId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The approval that a call consumed, and who gave it.
///
/// @param kind how many people had to agree, and how independent
/// @param decisions in the order in which they were made; the people's words are not recorded
/// @param singleOperator whether independence was waived by the operator's declaration
/// @param edited who changed the arguments, where somebody did
public record ApprovalUsed(
    ApprovalId id,
    ApprovalKind kind,
    List<Decision> decisions,
    boolean singleOperator,
    Optional<Edited> edited) {
  /// Copies the list.
  public ApprovalUsed {
    decisions = List.copyOf(decisions);
  }

  /// {@return what the record says of `request`}
  public static ApprovalUsed of(ApprovalRequest request) {
    return new ApprovalUsed(
        request.id(),
        request.kind(),
        request.decisions(),
        request.singleOperator(),
        Edited.of(request));
  }

  /// A change of the arguments before anybody agreed.
  ///
  /// @param asked of the call that the agent asked for
  /// @param running of the call as it was agreed to
  public record Edited(PersonId by, Instant at, CallDigest asked, CallDigest running) {
    /// {@return what the record says of who changed `request`}
    static Optional<Edited> of(ApprovalRequest request) {
      return request
          .edit()
          .map(edit -> new Edited(edit.by(), edit.at(), request.digest(), edit.digest()));
    }
  }
}
