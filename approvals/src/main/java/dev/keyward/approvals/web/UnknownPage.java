package dev.keyward.approvals.web;

import java.util.List;

/// What the page of one write with an unknown outcome shows.
///
/// @param arguments empty where they have been erased or cannot be shown
/// @param complete whether the arguments are shown
/// @param behalf the person for whom the agent acts, and how well that is known
/// @param approval the request that people had approved; empty where nobody was asked
record UnknownPage(
    Visitor.Known visitor,
    Row row,
    String origin,
    List<Argument> arguments,
    boolean complete,
    String owner,
    String behalf,
    String run,
    String approval,
    List<Notice> notices,
    Choice choice) {

  /// One such write in a list.
  ///
  /// @param begun when it was sent
  record Row(
      String call,
      String title,
      String tool,
      Badge tier,
      String system,
      String agent,
      Moment begun) {}

  /// What this person can do here.
  sealed interface Choice {
    /// Say what happened.
    ///
    /// @param note what the person had written already
    record Open(String note) implements Choice {}

    /// Nothing.
    ///
    /// @param why a sentence
    record Closed(String why) implements Choice {}

    /// Read what somebody has said.
    record Settled(Badge effect, String person, List<Piece> note, Moment at, String independence)
        implements Choice {}
  }
}
