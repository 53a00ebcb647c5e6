package dev.keyward.approvals.web;

import java.util.List;

/// What the page of one's own sessions shows.
///
/// @param rows newest first
record SessionsPage(Visitor.Known visitor, List<Row> rows) {
  /// One session.
  ///
  /// @param what it is, in words
  /// @param here whether it is the one that looks at the page
  /// @param browser what it calls itself, in its own words
  record Row(
      String name, String what, boolean here, List<Piece> browser, Moment started, Moment seen) {}
}
