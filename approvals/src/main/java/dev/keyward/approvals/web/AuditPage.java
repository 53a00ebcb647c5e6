package dev.keyward.approvals.web;

import java.util.List;

/// What the page of the record shows.
///
/// @param asked what the person looks for
/// @param rows newest first
record AuditPage(
    Visitor.Known visitor, AuditTrail.Question asked, List<Notice> notices, List<Row> rows) {
  /// One record.
  ///
  /// @param place chain and number
  record Row(
      String place,
      Moment at,
      String type,
      String agent,
      String tool,
      String call,
      List<Piece> text) {}
}
