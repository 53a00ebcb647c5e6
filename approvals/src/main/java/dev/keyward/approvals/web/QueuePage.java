package dev.keyward.approvals.web;

import java.util.List;

/// What the queue shows: what waits for this person, what waits for others, what is over.
///
/// @param unknown writes of which nobody knows whether they took effect
/// @param yours this person may decide, soonest to expire first
/// @param others somebody else has to
/// @param decided the newest of the rest
record QueuePage(
    Visitor.Known visitor,
    List<UnknownPage.Row> unknown,
    List<Row> yours,
    List<Row> others,
    List<Row> decided) {

  /// One request in the queue.
  ///
  /// @param summary the operator's line, with argument values in it
  /// @param open whether it still takes decisions
  /// @param behalf the person for whom the agent acts, and how well that is known
  /// @param kind who has to agree, for example `One independent reviewer`
  /// @param agreed for example `1 of 2 agreed`
  /// @param secondsLeft until it expires; 0 or more
  /// @param secondsInAll from when it was asked until it expires; more than 0
  record Row(
      String id,
      String title,
      String tool,
      List<Piece> summary,
      Badge tier,
      Badge state,
      boolean open,
      String agent,
      String owner,
      String behalf,
      String kind,
      String agreed,
      Moment asked,
      Moment expires,
      long secondsLeft,
      long secondsInAll) {

    /// {@return whether it expires within three minutes}
    boolean soon() {
      return secondsLeft < 180;
    }
  }
}
