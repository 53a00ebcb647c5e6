package dev.keyward.approvals;

import dev.keyward.call.PersonId;
import java.time.Instant;

/// One person's answer to one request.
///
/// @param role in which the person decided: [Role#MEMBER] confirms, [Role#REVIEWER] reviews
/// @param reason the person's words, at most [#MAX_REASON] characters without control characters;
///   empty where none was given. The agent may read it.
/// @param view SHA-256 over all that the person was shown; empty where no page was involved
public record Decision(
    PersonId person,
    Role role,
    Verdict verdict,
    String reason,
    Instant at,
    Independence independence,
    StepUp stepUp,
    String view) {
  /// Longest reason that is kept, in UTF-16 units.
  public static final int MAX_REASON = 500;
}
