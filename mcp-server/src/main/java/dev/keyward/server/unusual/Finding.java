package dev.keyward.server.unusual;

/// What was unusual about a call, in numbers.
///
/// @param seen what was counted
/// @param usual what was expected at most
public record Finding(Detector detector, long seen, long usual, Reaction reaction) {}
