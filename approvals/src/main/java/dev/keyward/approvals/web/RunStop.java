package dev.keyward.approvals.web;

import dev.keyward.call.PersonId;
import dev.keyward.call.RunId;

/// How a person ends a run from its page: whatever it waits for is cancelled with it.
@FunctionalInterface
public interface RunStop {
  /// Ends the run; one that has ended stays so.
  ///
  /// @param why the person's words
  void stop(RunId run, String why, PersonId by);
}
