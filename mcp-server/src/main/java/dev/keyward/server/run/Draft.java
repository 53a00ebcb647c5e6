package dev.keyward.server.run;

import dev.keyward.call.AgentId;
import dev.keyward.call.Delegator;
import dev.keyward.call.RunId;
import dev.keyward.server.identity.SubjectToken;
import dev.keyward.server.identity.ToolScope;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A run that may be opened: all of it but its names. [RunOpening] alone makes one.
///
/// @param subject the token that says for whom it acts, if it is opened with one
/// @param given ids that it may use, by kind
record Draft(
    AgentId agent,
    Optional<AgentId> opener,
    Optional<ToolScope> openerScope,
    Optional<RunId> parent,
    Optional<Delegator> delegator,
    Optional<SubjectToken> subject,
    String purpose,
    Optional<String> workflow,
    RunMode mode,
    Map<String, Set<String>> given,
    List<Grant> grants,
    Instant opened,
    Instant expires) {
  JobRun named(RunId id, String token, List<HeldGrant> held) {
    return new JobRun(
        id,
        token,
        agent,
        opener,
        openerScope,
        parent,
        delegator,
        purpose,
        workflow,
        mode,
        held,
        opened,
        expires);
  }
}
