package dev.keyward.server.run;

import dev.keyward.call.RunId;
import dev.keyward.server.policy.RunFacts;
import dev.keyward.store.Tx;

/// What policy rules may know of runs.
public final class JobFacts implements RunFacts {
  private final JobRuns runs;

  /// Knows `runs`; any other is a standing one.
  public JobFacts(JobRuns runs) {
    this.runs = runs;
  }

  @Override
  public Job job(RunId id) {
    return runs.find(id)
        .map(run -> new Job(run.purpose(), run.workflow().orElse(""), run.mode().wire()))
        .orElse(STANDING);
  }

  @Override
  public boolean shown(Tx tx, RunId run, String kind, String value) {
    return ShownIds.has(tx, run, kind, value);
  }
}
