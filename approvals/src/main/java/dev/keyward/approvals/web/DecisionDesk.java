package dev.keyward.approvals.web;

import dev.keyward.approvals.Answer;
import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.Approvals;
import dev.keyward.approvals.DecisionResult;
import dev.keyward.approvals.Receipt;
import dev.keyward.approvals.Verdict;
import dev.keyward.call.RunId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Takes people's decisions, on a page or at a terminal: what they were shown is made once more and
/// compared, and what a denial brings with it is done.
final class DecisionDesk {
  private static final Duration COOL_DOWN = Duration.ofMinutes(10);

  private final Approvals approvals;
  private final Views views;
  private final RunStop runStop;

  DecisionDesk(Approvals approvals, Views views, RunStop runStop) {
    this.approvals = approvals;
    this.views = views;
    this.runStop = runStop;
  }

  /// Records the decision of this session's person, if they were shown what is asked.
  ///
  /// @param receipt what their passkey made of it
  DecisionResult decide(
      ApprovalRequest request, Session session, DecisionForm form, Optional<Receipt> receipt) {
    return decide(request, session, form, receipt, views.shown(request, session));
  }

  /// Records the decisions of this session's person on several requests, each by itself. What was
  /// shown of all of them is compared before the first is recorded: each approval is what the next
  /// request of its kind is compared with from then on.
  ///
  /// @return how many were recorded
  int decideEach(Map<ApprovalRequest, DecisionForm> forms, Session session) {
    List<Compared> all =
        forms.entrySet().stream()
            .map(of -> new Compared(of.getKey(), of.getValue(), views.shown(of.getKey(), session)))
            .toList();
    int recorded = 0;
    for (Compared one : all) {
      if (decide(one.request(), session, one.form(), Optional.empty(), one.shown())
          instanceof DecisionResult.Recorded) {
        recorded++;
      }
    }
    return recorded;
  }

  private record Compared(ApprovalRequest request, DecisionForm form, Shown shown) {}

  private DecisionResult decide(
      ApprovalRequest request,
      Session session,
      DecisionForm form,
      Optional<Receipt> receipt,
      Shown shown) {
    if (!shown.digest().equals(form.view())) {
      return new DecisionResult.Changed(request);
    }
    if (form.verdict() == Verdict.APPROVE && !shown.inspectable()) {
      return new DecisionResult.NotAllowed("What cannot be inspected cannot be approved.");
    }
    Duration coolDown = form.consequence() == Consequence.COOL_DOWN ? COOL_DOWN : Duration.ZERO;
    var answer =
        new Answer(
            form.verdict(),
            form.reason(),
            form.shown(),
            form.view(),
            coolDown,
            form.allowance(),
            receipt);
    DecisionResult result = approvals.decide(request.id(), session.person(), answer);
    if (result instanceof DecisionResult.Recorded(var now)
        && form.consequence() == Consequence.STOP_RUN) {
      RunId run = now.subject().caller().run();
      runStop.stop(run, form.reason(), session.person().id());
    }
    return result;
  }
}
