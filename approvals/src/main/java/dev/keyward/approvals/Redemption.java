package dev.keyward.approvals;

/// What came of using an approval.
public sealed interface Redemption {
  /// It is used: by this call and no other.
  record Redeemed(ApprovalRequest request) implements Redemption {}

  /// There is nothing to use: unknown, not approved, used, expired, or of another call.
  record Gone() implements Redemption {}

  /// What would run is not what was approved, or policy has become stricter, or those who approved
  /// no longer count. The request is [ApprovalState#INVALIDATED] if the transaction commits.
  record Changed() implements Redemption {}
}
