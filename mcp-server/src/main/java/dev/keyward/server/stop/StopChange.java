package dev.keyward.server.stop;

import dev.keyward.call.PersonId;
import java.util.Optional;

/// What happened to a stop, for the audit.
public sealed interface StopChange {
  /// Somebody stopped something; `by` is empty for a command on the broker's machine.
  record Ordered(StopScope scope, String why, Optional<PersonId> by) implements StopChange {}

  /// Somebody lets it go on.
  record Lifted(StopScope scope, Optional<PersonId> by) implements StopChange {}
}
