package dev.keyward.approvals;

import dev.keyward.call.ApprovalId;
import java.time.Instant;
import java.util.Set;

/// What an [Allowance] still allows.
///
/// @param approval with which it was given
/// @param free the arguments that may differ
/// @param uses how many calls are left; 0 where all are taken, and some of them have not been made
/// @param until from then on none
public record AllowanceLeft(ApprovalId approval, Set<String> free, int uses, Instant until) {
  /// Keeps a copy of the names.
  public AllowanceLeft {
    free = Set.copyOf(free);
  }
}
