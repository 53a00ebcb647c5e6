package dev.keyward.server.policy;

import dev.keyward.call.RunId;
import dev.keyward.store.Tx;

/// What rules may know of a run beyond who calls in it.
public interface RunFacts {
  /// A run without a job of its own: an agent's key simply connects.
  Job STANDING = new Job("", "", "autonomous");

  /// Where there are only standing runs, which are shown nothing that is kept.
  RunFacts NONE =
      new RunFacts() {
        @Override
        public Job job(RunId run) {
          return STANDING;
        }

        @Override
        public boolean shown(Tx tx, RunId run, String kind, String value) {
          return false;
        }
      };

  /// What a run is for.
  ///
  /// @param purpose one line; empty for none
  /// @param workflow a word that runs of one kind share; empty for none
  /// @param mode `autonomous` or `advisory`
  record Job(String purpose, String workflow, String mode) {}

  /// {@return what the run is for}
  Job job(RunId run);

  /// {@return whether the run was given or has been shown this id of this kind}
  boolean shown(Tx tx, RunId run, String kind, String value);
}
