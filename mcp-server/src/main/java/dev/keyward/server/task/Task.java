package dev.keyward.server.task;

import dev.keyward.call.AgentId;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.CallId;
import dev.keyward.call.Caller;
import dev.keyward.call.RunId;
import dev.keyward.call.TaskId;
import java.time.Instant;
import java.util.Optional;

/// A task as it is stored.
///
/// @param tool as the client named it
/// @param chain of the broker that carries the call
/// @param asks whether the client may be asked to show its user the page of the approval
/// @param takenBack whether the agent does not want it any more
/// @param request sealed
/// @param result sealed; absent while it is open
record Task(
    TaskId id,
    AgentId agent,
    RunId run,
    CallId call,
    String tool,
    String chain,
    Optional<ApprovalId> approval,
    boolean asks,
    State state,
    boolean takenBack,
    boolean told,
    Instant created,
    Instant updated,
    Instant expires,
    String request,
    Optional<String> result) {

  enum State {
    OPEN,
    ENDED,
    CANCELLED
  }

  /// {@return whether this caller's it is, and it is still known}
  boolean isOf(Caller caller, Instant now) {
    return agent.equals(caller.agent()) && run.equals(caller.run()) && now.isBefore(expires);
  }

  boolean open() {
    return state == State.OPEN;
  }
}
