package dev.keyward.approvals.web;

import java.util.List;
import java.util.Optional;

/// Several requests, each in full, and one decision for all of them.
///
/// @param items what is decided
/// @param more how many others of the same kind wait
/// @param reason what the person had written already
/// @param objection why they can only be denied together; empty if they can be approved, too
/// @param notices what has just happened
record TogetherPage(
    Visitor.Known visitor,
    List<Item> items,
    int more,
    String reason,
    Optional<String> objection,
    List<Notice> notices) {

  /// One of them.
  ///
  /// @param digest of the call
  /// @param place where it goes, for example `https://crm.example`
  /// @param claim how well it is known for whom the agent acts
  /// @param independent whether the install promises independent reviewers
  record Item(
      QueuePage.Row row,
      String digest,
      Shown shown,
      String place,
      String workspace,
      String claim,
      String rule,
      boolean independent) {

    /// {@return what the form sends of it}
    String value() {
      return row.id() + " " + digest + " " + shown.digest();
    }
  }
}
