package dev.keyward.server.audit;

import dev.keyward.call.Caller;
import dev.keyward.call.Tier;
import dev.keyward.call.ToolName;
import java.time.Instant;

/// What the intent of one call says about it.
///
/// @param at when the intent was written
/// @param system the upstream's name
/// @param origin the upstream's origin
public record IntentFacts(
    Instant at, Caller caller, ToolName tool, Tier tier, String system, String origin) {}
