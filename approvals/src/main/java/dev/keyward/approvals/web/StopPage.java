package dev.keyward.approvals.web;

import java.util.List;

/// What the page of the kill switch shows.
///
/// @param groups what can be stopped by itself, kind by kind
record StopPage(
    Visitor.Known visitor, List<Notice> notices, List<Row> stopped, List<Group> groups) {

  /// One stop in force.
  ///
  /// @param what as the form names it, for example `agent triage-1`
  /// @param words for people, for example `Agent triage-1`
  record Row(String what, String words, Moment since, String by, List<Piece> why) {}

  /// Things of one kind.
  ///
  /// @param title for people, in the plural
  record Group(String title, String kind, List<String> names) {}
}
