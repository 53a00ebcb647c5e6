package dev.keyward.approvals;

/// How a call stands with the people who must agree to it.
public sealed interface Standing {
  /// They have agreed; [Approvals#redeem] may use it.
  record Approved(ApprovalRequest request) implements Standing {}

  /// They have been asked, now or earlier, and have not all answered.
  record Pending(ApprovalRequest request) implements Standing {}

  /// One of them said no, to this or, for a while, to every call of the tool in this run; `request`
  /// is the one that was denied.
  record Declined(ApprovalRequest request) implements Standing {}

  /// The agent already has as many open questions as it may; nobody was asked.
  record TooMany() implements Standing {}
}
