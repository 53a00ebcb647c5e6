package dev.keyward.approvals;

import java.time.Duration;

/// What the operator chose for approvals.
///
/// @param expiry how long a request, and an approval, lives; at least a millisecond
/// @param singleOperator whether the install is declared to have one operator, so that a review
///   need not be independent
/// @param questions how much people are asked
/// @param furtherCalls whether who approves a call may allow further ones like it
/// @param passkeys whether dangerous calls are approved with a passkey only; else by those who have
///   one
public record ApprovalSettings(
    Duration expiry,
    boolean singleOperator,
    QuestionLimits questions,
    boolean furtherCalls,
    boolean passkeys) {
  /// Half an hour, independent reviewers, 20 open questions of each agent and person.
  public static final ApprovalSettings DEFAULT =
      new ApprovalSettings(Duration.ofMinutes(30), false, QuestionLimits.of(20));

  /// Where further calls may be allowed, and nobody needs a passkey.
  public ApprovalSettings(Duration expiry, boolean singleOperator, QuestionLimits questions) {
    this(expiry, singleOperator, questions, true, false);
  }

  /// Checks the ranges.
  ///
  /// @throws IllegalArgumentException if one is out of range
  public ApprovalSettings {
    if (expiry.toMillis() < 1) {
      throw new IllegalArgumentException("expiry must be at least a millisecond");
    }
  }
}
