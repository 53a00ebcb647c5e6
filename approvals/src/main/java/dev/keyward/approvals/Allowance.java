package dev.keyward.approvals;

import java.time.Duration;
import java.util.Set;

/// Further calls like the one that is approved, of the same agent and tool in the same run, about
/// which nobody is asked again.
///
/// @param free names of the arguments that may differ; all others stay exactly as approved, and
///   none is left out or added
/// @param uses how many such calls, 1 to [#MOST_USES]
/// @param window for how long from the approval, at most [#LONGEST]
public record Allowance(Set<String> free, int uses, Duration window) {
  /// How many further calls one answer can allow.
  public static final int MOST_USES = 20;

  /// For how long one answer can allow them.
  public static final Duration LONGEST = Duration.ofHours(1);

  /// Checks the ranges.
  ///
  /// @throws IllegalArgumentException if one is out of range
  public Allowance {
    free = Set.copyOf(free);
    if (uses < 1 || uses > MOST_USES) {
      throw new IllegalArgumentException("uses must be 1 to " + MOST_USES);
    }
    if (window.toMillis() < 1 || window.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("window must be at most " + LONGEST);
    }
  }
}
