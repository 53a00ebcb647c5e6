package dev.keyward.server.run;

import dev.keyward.call.AgentId;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.RunId;
import java.time.Instant;

/// What happened to a run, for the audit.
public sealed interface RunChange {
  /// A standing run began with an agent's first call; it ends at `expires` at the latest.
  record Opened(RunId run, AgentId agent, Instant expires) implements RunChange {}

  /// A run was opened for one job.
  record JobOpened(JobRun job) implements RunChange {}

  /// A run has been given more.
  ///
  /// @param job as it is now
  record Widened(JobRun job, Reason why) implements RunChange {}

  /// Why a run was given more.
  sealed interface Reason {
    /// People have agreed.
    record OfPeople(ApprovalId approval) implements Reason {}

    /// A rule gives it to whoever asks.
    record OfRule(String rule) implements Reason {}
  }

  /// A run ended, and with it what was pending in it.
  record Ended(RunId run, AgentId agent, String why) implements RunChange {}
}
