package dev.keyward.server.run;

import dev.keyward.call.AgentId;
import dev.keyward.call.CanonicalJson;
import dev.keyward.call.Delegator;
import dev.keyward.call.RunId;
import dev.keyward.server.identity.ToolScope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A run that was opened for one job. Immutable: people's widening makes another with more grants.
///
/// @param token the SHA-256 of its token
/// @param opener the agent that opened it; absent if the operator did
/// @param openerScope to which tools the opener's own token was limited then
/// @param parent the run in which it was opened
/// @param delegator for whom it acts, verified or only claimed
/// @param purpose one line for people
/// @param workflow a word that runs of one kind share
/// @param grants what it may do; none means the agent's standing tools
public record JobRun(
    RunId id,
    String token,
    AgentId agent,
    Optional<AgentId> opener,
    Optional<ToolScope> openerScope,
    Optional<RunId> parent,
    Optional<Delegator> delegator,
    String purpose,
    Optional<String> workflow,
    RunMode mode,
    List<HeldGrant> grants,
    Instant opened,
    Instant expires) {
  /// How many grants a run can have.
  private static final int MOST_GRANTS = 64;

  /// Copies the list.
  public JobRun {
    grants = List.copyOf(grants);
  }

  /// {@return whether one more grant would be a grant more; a run without any has all that its
  /// agent may do}
  boolean canBeGivenMore() {
    return !grants.isEmpty() && grants.size() < MOST_GRANTS;
  }

  /// {@return the same run with one more grant}
  JobRun with(HeldGrant held) {
    List<HeldGrant> more = new ArrayList<>(grants);
    more.add(held);
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
        more,
        opened,
        expires);
  }

  /// {@return the grants}
  List<Grant> granted() {
    return grants.stream().map(HeldGrant::grant).toList();
  }

  /// {@return SHA-256 over the grants}
  public String grantsDigest() {
    return CanonicalJson.sha256(GrantJson.write(granted()));
  }
}
