package dev.keyward.server.stop;

import dev.keyward.call.PersonId;
import java.time.Instant;
import java.util.Optional;

/// A stop in force.
///
/// @param by the person who ordered it on the page; empty: whoever may run commands on the broker
/// @param why in that person's words, one line; may be empty
public record Stop(StopScope scope, Instant since, Optional<PersonId> by, String why) {}
