package dev.keyward.call;

import java.util.Optional;

/// Who makes a call: an agent, in a run, on somebody's behalf.
///
/// @param agent the program
/// @param agentType what kind of program, for example `triage`
/// @param workspace the team or tenant that it belongs to
/// @param owner the person who answers for the agent
/// @param run the job that this call is part of
/// @param delegator for whom the run acts, where it acts for somebody
/// @param lead the agent that set this off: whoever opened the outermost of the runs around this
///   one, else the agent itself. What an agent has others do counts as its own
public record Caller(
    AgentId agent,
    String agentType,
    String workspace,
    PersonId owner,
    RunId run,
    Optional<Delegator> delegator,
    AgentId lead) {

  /// Of an agent that nobody else has set off.
  public Caller(
      AgentId agent,
      String agentType,
      String workspace,
      PersonId owner,
      RunId run,
      Optional<Delegator> delegator) {
    this(agent, agentType, workspace, owner, run, delegator, agent);
  }

  /// {@return the same, without what led to it: who acts, wherever the run says on whose account}
  public Caller alone() {
    return new Caller(agent, agentType, workspace, owner, run, delegator);
  }

  /// {@return the person whose agreement a `confirm` asks for: the delegator, else the owner}
  ///
  /// A delegator that is only claimed confers nothing, so the owner is asked then.
  public PersonId confirmer() {
    return delegator.filter(Delegator::verified).map(Delegator::person).orElse(owner);
  }
}
