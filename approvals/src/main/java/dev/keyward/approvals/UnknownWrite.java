package dev.keyward.approvals;

import dev.keyward.call.ApprovalId;
import dev.keyward.call.CallId;
import dev.keyward.call.Caller;
import dev.keyward.call.Tier;
import dev.keyward.call.ToolName;
import java.time.Instant;
import java.util.Optional;

/// A write that was begun and of which nobody knew afterwards whether it took effect; a snapshot.
///
/// @param title the tool's title, in the operator's words
/// @param system the upstream's name, for example `crm`
/// @param origin the upstream's origin
/// @param argumentsJson the canonical arguments; empty if they have been erased, and in lists
/// @param begun when the broker began it
/// @param lost when the broker knew that it did not know
/// @param approval what people had approved, where they were asked
/// @param settlement what a person has found since; empty while it waits for one
public record UnknownWrite(
    CallId call,
    Caller caller,
    ToolName tool,
    String title,
    Tier tier,
    String system,
    String origin,
    Optional<String> argumentsJson,
    Instant begun,
    Instant lost,
    Optional<ApprovalId> approval,
    Optional<Settlement> settlement) {}
