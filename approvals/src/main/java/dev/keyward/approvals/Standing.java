package dev.keyward.approvals;

import dev.keyward.call.QuestionCap;
import java.time.Duration;

/// How a call stands with the people who must agree to it.
public sealed interface Standing {
  /// They have agreed; [Approvals#redeem] may use it.
  record Approved(ApprovalRequest request) implements Standing {}

  /// They have been asked, now or earlier, and have not all answered.
  record Pending(ApprovalRequest request) implements Standing {}

  /// One of them said no, to this or, for a while, to every call of the tool in this run; `request`
  /// is the one that was denied.
  record Declined(ApprovalRequest request) implements Standing {}

  /// People are asked so much and no more; nobody was asked.
  ///
  /// @param comeAgain after how long asking may help
  record TooMany(QuestionCap cap, Duration comeAgain) implements Standing {}
}
