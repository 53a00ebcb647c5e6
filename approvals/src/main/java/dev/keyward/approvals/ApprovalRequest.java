package dev.keyward.approvals;

import dev.keyward.call.ApprovalId;
import dev.keyward.call.ApprovalKind;
import dev.keyward.call.CallDigest;
import dev.keyward.call.CallId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// One question to people and where it stands; a snapshot.
///
/// @param digest of the call that the agent asked for
/// @param context what else must be the same when it is used
/// @param rule the policy rule that wanted people to agree
/// @param asked when, to the millisecond
/// @param expires from then on it neither takes a decision nor can be used
/// @param decisions in the order in which they were made
/// @param singleOperator whether the install was declared to have a single operator when this was
///   asked, so that a reviewer need not be independent
/// @param call the call that uses it or has used it
/// @param allowedBy the approval whose [Allowance] answered, so that nobody was asked
/// @param edit other arguments, with which the call runs in place of those asked for
public record ApprovalRequest(
    ApprovalId id,
    ApprovalKind kind,
    Subject subject,
    CallDigest digest,
    String context,
    String rule,
    Instant asked,
    Instant expires,
    ApprovalState state,
    List<Decision> decisions,
    boolean singleOperator,
    Optional<CallId> call,
    Optional<ApprovalId> allowedBy,
    Optional<Edit> edit) {
  /// Keeps a copy of the decisions.
  public ApprovalRequest {
    decisions = List.copyOf(decisions);
  }

  /// {@return the same with these decisions}
  ApprovalRequest with(List<Decision> decided) {
    return new ApprovalRequest(
        id,
        kind,
        subject,
        digest,
        context,
        rule,
        asked,
        expires,
        state,
        decided,
        singleOperator,
        call,
        allowedBy,
        edit);
  }

  /// {@return the digest of what would run: what answers and the use are bound to}
  public CallDigest running() {
    return edit.map(Edit::digest).orElse(digest);
  }

  /// {@return what would run, as a page shows it}
  public Subject.Call shown() {
    Subject.Call asked = subject.shown();
    return edit.map(now -> asked.with(now.summary(), now.argumentsJson())).orElse(asked);
  }
}
