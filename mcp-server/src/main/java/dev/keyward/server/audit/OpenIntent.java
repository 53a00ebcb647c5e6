package dev.keyward.server.audit;

import dev.keyward.call.AgentId;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.CallDigest;
import dev.keyward.call.CallId;
import dev.keyward.call.RunId;
import dev.keyward.call.Tier;
import dev.keyward.call.ToolName;
import java.time.Instant;
import java.util.Optional;

/// A call whose intent stands in an earlier chain and which has no outcome: the broker died in
/// between.
///
/// @param chain where the intent stands
/// @param seq its number there
/// @param replica which replica wrote it
public record OpenIntent(
    String chain,
    long seq,
    String replica,
    Instant at,
    CallId call,
    RunId run,
    AgentId agent,
    ToolName tool,
    Tier tier,
    CallDigest digest,
    Optional<ApprovalId> approval) {}
