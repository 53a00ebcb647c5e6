package dev.keyward.approvals;

import dev.keyward.call.PersonId;
import java.time.Instant;

/// What one person said about one write whose outcome was unknown; there is one for each at most.
///
/// @param note how the person knows: at most [Decision#MAX_REASON] characters without control
///   characters, never empty. Of a write that happened, the agent reads it.
public record Settlement(
    PersonId person, Effect effect, String note, Instant at, Independence independence) {

  /// {@return a person's words as they are kept; empty if nothing of them can be}
  public static String note(String typed) {
    return ReasonText.of(typed);
  }
}
