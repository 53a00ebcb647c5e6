package dev.keyward.approvals;

import dev.keyward.call.ApprovalId;
import dev.keyward.call.CallId;
import dev.keyward.call.PersonId;
import java.time.Instant;
import java.util.Optional;

/// One change of one request, for the audit. `request` is how it stands after the change.
public sealed interface ApprovalEvent {
  /// {@return the request after the change}
  ApprovalRequest request();

  /// {@return when, by the broker's clock}
  Instant at();

  /// People are asked.
  record Created(ApprovalRequest request, Instant at) implements ApprovalEvent {}

  /// A person answered; the request's state says what has become of it.
  record Decided(ApprovalRequest request, Instant at, Decision decision) implements ApprovalEvent {}

  /// A person changed the arguments; the request's [Edit] says who, and to what.
  record Edited(ApprovalRequest request, Instant at) implements ApprovalEvent {}

  /// A person keeps an undecided request open for longer.
  record Prolonged(ApprovalRequest request, Instant at, PersonId by) implements ApprovalEvent {}

  /// How things are before the call was read for those who decide, or could not be.
  ///
  /// @param call by which it was read; empty where none was made
  /// @param code `ok`, or why not
  record Previewed(ApprovalRequest request, Instant at, Optional<CallId> call, String code)
      implements ApprovalEvent {}

  /// A call uses the approval.
  record Consumed(ApprovalRequest request, Instant at, CallId call) implements ApprovalEvent {}

  /// Nothing was sent. The request is APPROVED again, or has ended as EXPIRED or CANCELLED if it
  /// could not be.
  record GivenBack(ApprovalRequest request, Instant at, CallId call) implements ApprovalEvent {}

  /// The call ended: DONE if its outcome is known, else UNKNOWN.
  record Closed(ApprovalRequest request, Instant at, CallId call) implements ApprovalEvent {}

  /// Its time ran out.
  record Expired(ApprovalRequest request, Instant at) implements ApprovalEvent {}

  /// Its run ended.
  record Cancelled(ApprovalRequest request, Instant at) implements ApprovalEvent {}

  /// It no longer fits what would run.
  record Invalidated(ApprovalRequest request, Instant at, Mismatch why) implements ApprovalEvent {}

  /// Whoever approved it allowed further calls like it.
  record AllowanceGiven(ApprovalRequest request, Instant at, PersonId by, Allowance allowance)
      implements ApprovalEvent {}

  /// A call was approved by what people had allowed before with `given`; nobody was asked.
  record AllowanceUsed(ApprovalRequest request, Instant at, ApprovalId given)
      implements ApprovalEvent {}

  /// No further calls like it are allowed any more, by somebody's wish or the end of the run.
  record AllowanceEnded(ApprovalRequest request, Instant at, Optional<PersonId> by)
      implements ApprovalEvent {}

  /// Somebody else has looked at it after the glass was broken.
  ///
  /// @param justified whether they found that it had to be
  record GlassReviewed(ApprovalRequest request, Instant at, PersonId by, boolean justified)
      implements ApprovalEvent {}

  /// What no longer fits.
  enum Mismatch {
    /// The tool, or the credential's reference or scope.
    CONTEXT,
    /// Policy asks for more than was asked of people.
    STRICTER,
    /// The agent's owner, delegator or type.
    CALLER,
    /// Those who approved were removed or lost the role.
    QUORUM
  }
}
