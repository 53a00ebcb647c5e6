package dev.keyward.approvals;

import dev.keyward.call.AgentId;
import dev.keyward.call.ApprovalKind;
import dev.keyward.call.CallDigest;

/// A question to people, as the pipeline puts it.
///
/// @param digest what an answer is bound to; of this very subject
/// @param context what else must be the same when the answer is used, as one comparable text: the
///   tool's digest, the credential's reference and scope
/// @param rule the policy rule that wants people to agree
/// @param lead the agent that set this off, under whose name the question is counted
public record Ask(
    ApprovalKind kind,
    Subject subject,
    CallDigest digest,
    String context,
    String rule,
    AgentId lead) {}
