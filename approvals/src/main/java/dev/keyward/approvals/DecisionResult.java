package dev.keyward.approvals;

/// What came of a person's answer. Only [Recorded] changed something.
public sealed interface DecisionResult {
  /// It counts; `now` is the request with it.
  record Recorded(ApprovalRequest now) implements DecisionResult {}

  /// Too late: somebody was first (perhaps the same person), or the request has ended otherwise.
  record AlreadyDecided(ApprovalRequest now) implements DecisionResult {}

  /// What the person was shown is not what is asked.
  record Changed(ApprovalRequest now) implements DecisionResult {}

  /// There is no such request.
  record Unknown() implements DecisionResult {}

  /// This person may not decide on this request.
  ///
  /// @param why a sentence for the person
  record NotAllowed(String why) implements DecisionResult {}
}
