package dev.keyward.approvals.web;

import dev.keyward.approvals.Answer;
import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.Approvals;
import dev.keyward.approvals.DecisionResult;
import dev.keyward.approvals.Verdict;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.RunId;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// `GET /approvals`: the queue. `GET /approvals/{id}`: one request. `POST /approvals/{id}`: a
/// signed-in person decides on it; nothing else ever decides.
///
/// The form carries the CSRF token, the decision, a reason, the digest of the call and that of all
/// that the page showed. Answers 303 to the request, 401 not signed in, 403 wrong token or not this
/// person's to decide, 404 no such request or not for this person, 409 somebody was first or it has
/// changed, 413 or 422 no such form.
@SuppressWarnings("serial") // servlets are not serialized
final class ApprovalsServlet extends HttpServlet {
  private static final Duration COOL_DOWN = Duration.ofMinutes(10);

  private final Approvals approvals;
  private final Sessions sessions;
  private final Views views;
  private final Pages pages;
  private final RunStop runStop;

  ApprovalsServlet(
      Approvals approvals, Sessions sessions, Views views, Pages pages, RunStop runStop) {
    this.runStop = runStop;
    this.approvals = approvals;
    this.sessions = sessions;
    this.views = views;
    this.pages = pages;
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Optional<Session> session = sessions.of(request);
    if (session.isEmpty()) {
      pages.problem(response, new Visitor.Stranger(), Problem.STRANGER);
    } else if (request.getPathInfo() == null) {
      pages.queue(response, views.queue(session.get()));
    } else {
      one(request, response, session.get());
    }
  }

  private void one(HttpServletRequest request, HttpServletResponse response, Session session)
      throws IOException {
    Optional<ApprovalRequest> found = find(request, session);
    if (found.isEmpty()) {
      pages.problem(response, Visitor.of(session), Problem.NOT_FOUND);
      return;
    }
    show(response, HttpServletResponse.SC_OK, found.get(), session, List.of(), "");
  }

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Optional<Session> session = sessions.of(request);
    if (session.isEmpty()) {
      pages.problem(response, new Visitor.Stranger(), Problem.STRANGER);
      return;
    }
    switch (Form.read(request)) {
      case Form.Outcome.Refused(var problem) ->
          pages.problem(response, Visitor.of(session.get()), problem);
      case Form.Outcome.Read(var form) -> check(request, response, session.get(), form);
    }
  }

  private void check(
      HttpServletRequest request, HttpServletResponse response, Session session, Form form)
      throws IOException {
    Optional<ApprovalRequest> found = find(request, session);
    Optional<DecisionForm> decision = DecisionForm.of(form);
    if (!form.carries(session)) {
      pages.problem(response, Visitor.of(session), Problem.FOREIGN);
    } else if (found.isEmpty()) {
      pages.problem(response, Visitor.of(session), Problem.NOT_FOUND);
    } else if (decision.isEmpty()) {
      pages.problem(response, Visitor.of(session), Problem.MALFORMED);
    } else {
      decide(response, session, found.get(), decision.get());
    }
  }

  private void decide(
      HttpServletResponse response, Session session, ApprovalRequest request, DecisionForm form)
      throws IOException {
    Shown shown = views.shown(request, session);
    if (!shown.digest().equals(form.view())) {
      conflict(response, session, request, form, changed());
      return;
    }
    if (form.verdict() == Verdict.APPROVE && !shown.inspectable()) {
      show(response, HttpServletResponse.SC_CONFLICT, request, session, List.of(), form.reason());
      return;
    }
    Duration coolDown = form.consequence() == Consequence.COOL_DOWN ? COOL_DOWN : Duration.ZERO;
    var answer = new Answer(form.verdict(), form.reason(), form.shown(), form.view(), coolDown);
    switch (approvals.decide(request.id(), session.person(), answer)) {
      case DecisionResult.Recorded(var now) -> {
        if (form.consequence() == Consequence.STOP_RUN) {
          RunId run = now.subject().caller().run();
          runStop.stop(run, form.reason(), session.person().id());
        }
        Redirect.to(response, "/approvals/" + now.id());
      }
      case DecisionResult.AlreadyDecided(var now) ->
          conflict(response, session, now, form, tooLate());
      case DecisionResult.Changed(var now) -> conflict(response, session, now, form, changed());
      case DecisionResult.Unknown() ->
          pages.problem(response, Visitor.of(session), Problem.NOT_FOUND);
      case DecisionResult.NotAllowed(var why) ->
          show(
              response,
              HttpServletResponse.SC_FORBIDDEN,
              request,
              session,
              List.of(notYours(why)),
              form.reason());
    }
  }

  private void conflict(
      HttpServletResponse response,
      Session session,
      ApprovalRequest now,
      DecisionForm form,
      DetailPage.Notice notice)
      throws IOException {
    show(response, HttpServletResponse.SC_CONFLICT, now, session, List.of(notice), form.reason());
  }

  private void show(
      HttpServletResponse response,
      int status,
      ApprovalRequest request,
      Session session,
      List<DetailPage.Notice> notices,
      String reason)
      throws IOException {
    pages.detail(response, status, views.detail(request, session, notices, reason));
  }

  private Optional<ApprovalRequest> find(HttpServletRequest request, Session session) {
    String path = request.getPathInfo();
    try {
      var id = new ApprovalId(path == null ? "" : path.substring(1));
      return approvals.findFor(session.person(), id);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static DetailPage.Notice tooLate() {
    return new DetailPage.Notice(
        "",
        "!",
        "Your decision was not recorded",
        "The request had been decided, or had ended, before your answer came. This is how it stands"
            + " now.",
        true);
  }

  private static DetailPage.Notice changed() {
    return new DetailPage.Notice(
        "",
        "!",
        "Your decision was not recorded",
        "What you were shown is not what is asked. This is what is asked now: read it before you"
            + " decide.",
        true);
  }

  private static DetailPage.Notice notYours(String why) {
    return new DetailPage.Notice("bad", "✕", "Your decision was not recorded", why, true);
  }
}
