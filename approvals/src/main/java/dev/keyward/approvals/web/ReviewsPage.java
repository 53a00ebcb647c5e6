package dev.keyward.approvals.web;

import java.util.List;
import java.util.Optional;

/// What the page of the reviews shows that follow when somebody has broken the glass.
///
/// @param rows open ones first
record ReviewsPage(Visitor.Known visitor, List<Row> rows, List<Notice> notices) {

  /// {@return how many are open}
  long open() {
    return rows.stream().filter(row -> row.closing().isEmpty()).count();
  }

  /// One of them.
  ///
  /// @param visible whether this person may see the request itself
  /// @param person who broke the glass
  /// @param whyNot why this person cannot close it, as a sentence; empty where they can
  record Row(
      String approval,
      boolean visible,
      String title,
      String tool,
      String system,
      String agent,
      Badge state,
      String person,
      String ticket,
      List<Piece> reason,
      Moment opened,
      String whyNot,
      Optional<Closing> closing) {}

  /// What was found.
  record Closing(String person, Moment at, Badge finding, List<Piece> note) {}
}
