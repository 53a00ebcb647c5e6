package dev.keyward.server.config;

import java.time.Duration;

/// A program whose output is a credential: one entry of the section `commands`.
///
/// @param program what is run
/// @param cache how long what it printed serves without running it again
public record CommandSettings(ProgramSettings program, Duration cache) {}
