package dev.keyward.approvals.web;

import java.util.List;
import java.util.Optional;

/// What the page shows on which reviewers lend their place.
///
/// @param state whether and how far this person lends
/// @param given what they have lent
/// @param got what has been lent to them
record LendingPage(
    Visitor.Known visitor, State state, List<Row> given, List<Row> got, List<Notice> notices) {
  /// How far lending has come.
  sealed interface State {
    /// This person has no place to lend.
    record Closed() implements State {}

    /// The person says to whom, and for how long.
    record Asking() implements State {}

    /// The person reads what they are about to lend, and signs it.
    ///
    /// @param before until when they have lent it to the same person already, which this replaces
    /// @param exactly until when, as it is signed
    /// @param signature what the browser needs for it
    record Signing(
        String to,
        Moment until,
        Optional<Moment> before,
        String exactly,
        DetailPage.Signature signature)
        implements State {}
  }

  /// One loan.
  ///
  /// @param other the other person
  record Row(String other, Moment until) {}
}
