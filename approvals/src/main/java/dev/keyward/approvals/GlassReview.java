package dev.keyward.approvals;

import dev.keyward.call.PersonId;
import java.time.Instant;
import java.util.Optional;

/// What somebody else has to look at because the glass was broken; open until they have.
///
/// @param request as it is now
/// @param broke the decision of whoever broke it
public record GlassReview(
    ApprovalRequest request, Decision broke, Instant opened, Optional<Closing> closing) {

  /// What was found.
  ///
  /// @param justified whether the glass had to be broken
  /// @param note how the person knows
  public record Closing(PersonId by, Instant at, boolean justified, String note) {}

  /// What came of closing one.
  public enum Result {
    /// It is closed.
    CLOSED,
    /// Somebody was first, or there is none.
    NOT_OPEN,
    /// It is not for this person to say.
    NOT_YOURS
  }
}
