package dev.keyward.approvals;

import dev.keyward.call.ApprovalId;
import dev.keyward.call.PersonId;
import java.time.Instant;
import java.util.Set;

/// A question that takes answers, without what is asked: as much as says for whom it waits.
///
/// @param answered who has agreed already
public record Undecided(
    ApprovalId id, Quorum quorum, Instant asked, Instant expires, Set<PersonId> answered) {
  /// Copies the set.
  public Undecided {
    answered = Set.copyOf(answered);
  }
}
