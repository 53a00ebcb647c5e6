package dev.keyward.approvals;

import dev.keyward.call.Arguments;

/// Says whether the call of a request could run with other arguments. The broker implements it:
/// schema, grants and policy are its business.
@FunctionalInterface
public interface Edits {
  /// {@return whether the call could run so, as things stand}
  Fit fit(ApprovalRequest request, Arguments arguments);

  /// Whether it could.
  sealed interface Fit {
    /// It could.
    ///
    /// @param summary the line for reviewers, with these arguments
    record Fits(String summary) implements Fit {}

    /// It could not.
    ///
    /// @param why a sentence for the person, without any value
    record Not(String why) implements Fit {}
  }
}
