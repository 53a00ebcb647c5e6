package dev.keyward.approvals.web;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/// What the queue shows: what waits for this person, what waits for others, what is over.
///
/// @param changes the number of the newest change that it shows
/// @param unknown writes of which nobody knows whether they took effect
/// @param reviews how many are open because the glass was broken
/// @param suggestsPasskey whether a passkey would save this person the next link
/// @param waiting how many requests wait for this person, on whichever page
/// @param waitingForOthers how many wait for somebody else
/// @param number of this page, from 1
/// @param pages how many there are
/// @param yours this person may decide, by run, soonest to expire first
/// @param others somebody else has to
/// @param elsewhere reviewers are asked, and this person's agents wait for it: the first of them
/// @param decided the newest of the rest
record QueuePage(
    Visitor.Known visitor,
    long changes,
    List<UnknownPage.Row> unknown,
    int reviews,
    boolean suggestsPasskey,
    int waiting,
    int waitingForOthers,
    int number,
    int pages,
    List<Run> yours,
    List<Run> others,
    List<Elsewhere> elsewhere,
    List<Row> decided) {

  /// A request on which this person neither decides nor reads what it holds: only that it waits.
  ///
  /// @param behalf the person for whom the agent acts, and how well that is known
  /// @param kind who has to agree
  record Elsewhere(
      String title,
      String tool,
      Badge tier,
      String agent,
      String behalf,
      String kind,
      String agreed,
      Moment asked,
      Moment expires) {}

  /// The requests of one run.
  ///
  /// @param behalf the person for whom the agent acts, and how well that is known
  record Run(String id, String agent, String behalf, String owner, List<Row> rows) {

    /// {@return these rows by run: the runs in the order of their first row, which is kept}
    static List<Run> of(List<Row> rows) {
      var byRun = new LinkedHashMap<String, List<Row>>();
      rows.forEach(row -> byRun.computeIfAbsent(row.run(), _ -> new ArrayList<>()).add(row));
      return byRun.values().stream().map(Run::one).toList();
    }

    private static Run one(List<Row> rows) {
      Row first = rows.getFirst();
      return new Run(first.run(), first.agent(), first.behalf(), first.owner(), rows);
    }
  }

  /// One request in the queue.
  ///
  /// @param summary the operator's line, with argument values in it
  /// @param stands the state's own word, for example `pending`
  /// @param open whether it still takes decisions
  /// @param behalf the person for whom the agent acts, and how well that is known
  /// @param kind who has to agree, for example `One independent reviewer`
  /// @param agreed for example `1 of 2 agreed`
  /// @param placeUsed who has approved in a place that is this person's too, as a sentence; empty
  ///   where nobody has
  /// @param secondsLeft until it expires; 0 or more
  /// @param secondsInAll from when it was asked until it expires; more than 0
  record Row(
      String id,
      String title,
      String tool,
      List<Piece> summary,
      Badge tier,
      Badge state,
      String stands,
      boolean open,
      String agent,
      String owner,
      String behalf,
      String run,
      String kind,
      String agreed,
      String placeUsed,
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
