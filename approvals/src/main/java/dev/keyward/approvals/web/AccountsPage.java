package dev.keyward.approvals.web;

import java.util.List;
import java.util.Optional;

/// What the page of the connected accounts shows.
record AccountsPage(Visitor.Known visitor, List<Notice> notices, List<Row> rows) {

  /// One account.
  ///
  /// @param host whose page it is on which somebody agrees
  /// @param since since when it is connected
  /// @param there where to agree, once somebody has begun
  record Row(
      String name,
      String host,
      List<Piece> scope,
      Badge state,
      Optional<Moment> since,
      Optional<String> there) {}
}
