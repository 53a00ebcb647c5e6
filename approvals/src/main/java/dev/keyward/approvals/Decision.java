package dev.keyward.approvals;

import dev.keyward.call.PersonId;
import java.time.Instant;
import java.util.Optional;

/// One person's answer to one request.
///
/// @param role in which the person decided: [Role#MEMBER] confirms, [Role#REVIEWER] reviews
/// @param reason the person's words, at most [#MAX_REASON] characters without control characters;
///   empty where none was given. The agent may read it.
/// @param view SHA-256 over all that the person was shown; empty where no page was involved
/// @param receipt what the person's passkey made of it
public record Decision(
    PersonId person,
    Role role,
    Verdict verdict,
    String reason,
    Instant at,
    Independence independence,
    String view,
    Optional<Receipt> receipt) {
  /// Longest reason that is kept, in UTF-16 units.
  public static final int MAX_REASON = 500;

  /// {@return how the person proved anew who they are}
  public StepUp stepUp() {
    return receipt.isPresent() ? StepUp.PASSKEY : StepUp.NONE;
  }
}
