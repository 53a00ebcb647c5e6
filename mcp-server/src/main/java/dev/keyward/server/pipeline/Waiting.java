package dev.keyward.server.pipeline;

import dev.keyward.call.Refusal;
import dev.keyward.redaction.Redacted;

/// What a call that is held waits for.
///
/// @param pending the request to people
/// @param words the same for the caller
public record Waiting(Refusal.Pending pending, Redacted words) {}
