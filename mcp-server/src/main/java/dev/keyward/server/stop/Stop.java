package dev.keyward.server.stop;

import java.time.Instant;

/// A stop in force.
///
/// @param why in the words of whoever ordered it, one line; may be empty
public record Stop(StopScope scope, Instant since, By by, String why) {}
