package dev.keyward.server.stop;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.Approvals;
import dev.keyward.approvals.Subject;
import dev.keyward.call.RunId;
import dev.keyward.server.run.Runs;
import java.util.List;
import java.util.function.UnaryOperator;

/// Stops what people want stopped, and lets it go on when they say so.
///
/// The stop and the end of what waits for people are one transaction; from then on no call that it
/// covers is sent or answered. Runs, and with them handles, end right after it, and calls under
/// way: what waits at once, a read at the company, a write with its outcome. Thread-safe.
public final class KillSwitch {
  private static final String WHY = "stopped";

  private final Stops stops;
  private final Approvals approvals;
  private final Runs runs;
  private final Runnable endCalls;
  private final UnaryOperator<String> scrub;

  /// @param endCalls ends calls under way that may not go on any more
  /// @param scrub takes secrets out of a person's reason
  public KillSwitch(
      Stops stops, Approvals approvals, Runs runs, Runnable endCalls, UnaryOperator<String> scrub) {
    this.stops = stops;
    this.approvals = approvals;
    this.runs = runs;
    this.endCalls = endCalls;
    this.scrub = scrub;
  }

  /// Stops `scope`; what is stopped already stays so, and what is under way is ended once more.
  ///
  /// @throws dev.keyward.store.StoreUnavailable if it cannot be written; nothing is stopped then
  public void stop(StopScope scope, String why, By by) {
    boolean lasts = !(scope instanceof StopScope.OfRun);
    stops.order(
        scope,
        lasts,
        scrub.apply(why),
        by,
        tx -> approvals.cancel(tx, request -> covers(scope, request)));
    switch (scope) {
      case StopScope.All() -> runs.endAll(WHY);
      case StopScope.OfAgent(var agent) -> runs.endAll(agent, WHY);
      case StopScope.OfRun(var run) -> runs.end(run, WHY);
      case StopScope.OfTool _, StopScope.OfTarget _ -> {}
    }
    endCalls.run();
  }

  /// Stops a run without ending it, so that it can be resumed; what waits for people goes on
  /// waiting. What is under way is ended as by [#stop].
  ///
  /// @throws dev.keyward.store.StoreUnavailable if it cannot be written; nothing is stopped then
  public void pause(RunId run, String why, By by) {
    stops.order(new StopScope.OfRun(run), true, why, by, _ -> {});
    endCalls.run();
  }

  /// Lets `scope` go on. What else is stopped stays so; runs that ended stay ended.
  ///
  /// @throws IllegalArgumentException if it is not stopped
  public void resume(StopScope scope, By by) {
    stops.lift(scope, by);
  }

  /// {@return what is stopped, the oldest first}
  public List<Stop> list() {
    return stops.list();
  }

  private static boolean covers(StopScope scope, ApprovalRequest request) {
    Subject subject = request.subject();
    return subject instanceof Subject.Call call
        ? scope.covers(call.caller(), call.tool(), call.system(), call.origin())
        : scope.covers(subject.caller());
  }
}
