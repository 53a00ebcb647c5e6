package dev.keyward.server.task;

import dev.keyward.call.ApprovalId;
import dev.keyward.call.CallId;
import dev.keyward.call.TaskId;
import dev.keyward.redaction.Redacted;
import dev.keyward.server.pipeline.Answer;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// How a task stands, for its agent: every part that is not the broker's own has been scrubbed.
///
/// @param updated when it last changed
/// @param kept how long it is known, from `created` on
/// @param poll when it makes sense to ask again
/// @param stage how far it has come
public record TaskView(
    TaskId id,
    CallId call,
    Instant created,
    Instant updated,
    Duration kept,
    Duration poll,
    Stage stage) {

  /// How far a task has come.
  public sealed interface Stage {
    /// The call is under way.
    record Working(Redacted words) implements Stage {}

    /// The call waits for people.
    ///
    /// @param page where the client's own user can decide, if the client is to show it
    record Waiting(ApprovalId approval, Redacted words, Optional<URI> page) implements Stage {}

    /// The call has ended, whichever way.
    record Ended(Answer answer) implements Stage {}

    /// The call was taken back before it could do anything.
    record Cancelled() implements Stage {}
  }
}
