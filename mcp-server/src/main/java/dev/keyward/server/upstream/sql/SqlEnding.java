package dev.keyward.server.upstream.sql;

import dev.keyward.server.upstream.Failure;
import java.time.Duration;
import tools.jackson.databind.node.ObjectNode;

/// How one try to run a statement ended.
sealed interface SqlEnding {
  /// The server has answered, with rows or with a refusal.
  ///
  /// @param status as HTTP would say it
  record Answered(int status, ObjectNode body, Duration took) implements SqlEnding {
    @Override
    public String toString() {
      return "Answered[status=" + status + "]";
    }
  }

  /// The statement was on its way, and what became of it is not known.
  ///
  /// @param state for the operator: SQLSTATE, or the class of what was thrown
  record Broke(Failure why, String state, Duration took) implements SqlEnding {}

  /// No byte of the statement has left.
  ///
  /// @param state as in [Broke]
  record NotBegun(Failure why, String state) implements SqlEnding {}
}
