package dev.keyward.approvals.web;

/// What a person wants beyond the decision itself.
enum Consequence {
  /// Nothing.
  NONE,
  /// Refuse the tool in this run for a while.
  COOL_DOWN,
  /// End the run.
  STOP_RUN
}
