package dev.keyward.approvals;

import dev.keyward.call.PersonId;
import java.time.Instant;
import java.util.Optional;

/// One person's answer to one request.
///
/// @param role in which the person decided: [Role#MEMBER] confirms, [Role#REVIEWER] reviews,
///   [Role#BREAK_GLASS] does in an emergency what others would have to
/// @param reason the person's words, at most [#MAX_REASON] characters without control characters;
///   empty where none was given. The agent may read it.
/// @param view SHA-256 over all that the person was shown; empty where no page was involved
/// @param receipt what the person's passkey made of it
/// @param ticket where whoever broke the glass has said why
/// @param inPlaceOf the reviewer who had lent them their place, where it was not their own
public record Decision(
    PersonId person,
    Role role,
    Verdict verdict,
    String reason,
    Instant at,
    Independence independence,
    String view,
    Optional<Receipt> receipt,
    Optional<String> ticket,
    Optional<PersonId> inPlaceOf) {
  /// Longest reason that is kept, in UTF-16 units.
  public static final int MAX_REASON = 500;

  /// An answer in the person's own place, without breaking the glass.
  public Decision(
      PersonId person,
      Role role,
      Verdict verdict,
      String reason,
      Instant at,
      Independence independence,
      String view,
      Optional<Receipt> receipt) {
    this(
        person,
        role,
        verdict,
        reason,
        at,
        independence,
        view,
        receipt,
        Optional.empty(),
        Optional.empty());
  }

  /// {@return whether this approval stands for those who would have had to agree}
  public boolean brokeGlass() {
    return role == Role.BREAK_GLASS;
  }

  /// {@return how the person proved anew who they are}
  public StepUp stepUp() {
    return receipt.isPresent() ? StepUp.PASSKEY : StepUp.NONE;
  }
}
