package dev.keyward.approvals.web;

import java.util.List;

/// What the page shows on which reviewers lend their place.
///
/// @param reviewer whether this person has a place to lend
/// @param given what they have lent
/// @param got what has been lent to them
record LendingPage(
    Visitor.Known visitor, boolean reviewer, List<Row> given, List<Row> got, List<Notice> notices) {
  /// One loan.
  ///
  /// @param other the other person
  record Row(String other, Moment until) {}
}
