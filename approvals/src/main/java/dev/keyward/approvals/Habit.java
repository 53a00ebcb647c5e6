package dev.keyward.approvals;

import dev.keyward.call.PersonId;
import java.time.Duration;

/// How one person has decided for a while, counted from the answers that they gave themselves.
///
/// @param decisions how many, the newest at most [#MOST] of everybody's
/// @param approved how many of these
/// @param median from asking to answering; of an even number the later of the two in the middle
/// @param hasty how many were given within [#HASTY] of the question
/// @param rubberStamp whether the newest [#STREAK] were all approved, each within [#UNREAD] of the
///   question: nobody can have read them
public record Habit(
    PersonId person, int decisions, int approved, Duration median, int hasty, boolean rubberStamp) {
  /// Faster than anybody reads.
  public static final Duration HASTY = Duration.ofSeconds(2);

  /// How many answers in a row make a warning.
  public static final int STREAK = 20;

  /// Within which each of them came.
  public static final Duration UNREAD = Duration.ofSeconds(3);

  /// How many answers are looked at.
  public static final int MOST = 10_000;

  /// {@return which part of the answers were approvals, in percent}
  public int share() {
    return Math.round(100f * approved / decisions);
  }
}
