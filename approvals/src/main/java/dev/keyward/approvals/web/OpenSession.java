package dev.keyward.approvals.web;

import java.time.Instant;

/// One browser or terminal in which a person is signed in, as others may know it.
///
/// @param name tells it from the person's others, and opens nothing
/// @param seen when it last asked for something, to the minute
/// @param browser what it calls itself, in its own words
/// @param terminal whether it is a terminal, which decides on requests and opens no page
public record OpenSession(
    String name, Instant started, Instant seen, String browser, boolean terminal) {}
