package dev.keyward.approvals.web;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.Approvals;
import dev.keyward.approvals.DecisionResult;
import dev.keyward.approvals.Verdict;
import dev.keyward.call.ApprovalId;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;

/// `GET /from-terminal/approvals`: the queue. `GET /from-terminal/approvals/{id}`: one request, as
/// its page shows it. `POST` there: the person who let the terminal in decides on it.
///
/// The form is that of the page, without its token: `decision` (`approve`, `deny`,
/// `deny_cool_down`, `deny_stop_run`), `reason`, `digest` and `view`; or `decision` alone
/// (`prolong`), which decides nothing. Answers 200, 401 no such session, 403 not this person's to
/// decide or not at a terminal, 404 no such request or not for this person, 409 somebody was first
/// or it has changed, 413 or 422 no such form.
@SuppressWarnings("serial") // servlets are not serialized
final class TerminalServlet extends HttpServlet {
  static final String PATH = Guard.OF_TERMINALS + "/approvals";
  static final String PASSKEY = "This is approved with a passkey, on its page.";

  private final Approvals approvals;
  private final Terminals terminals;
  private final Views views;
  private final DecisionDesk desk;
  private final Scrubbed scrubbed;
  private final TerminalAnswers answers;
  private final URI origin;

  TerminalServlet(
      Approvals approvals,
      Terminals terminals,
      Views views,
      DecisionDesk desk,
      Scrubbed scrubbed,
      TerminalAnswers answers,
      URI origin) {
    this.approvals = approvals;
    this.terminals = terminals;
    this.views = views;
    this.desk = desk;
    this.scrubbed = scrubbed;
    this.answers = answers;
    this.origin = origin;
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Optional<Session> session = session(request, response);
    if (session.isEmpty()) {
      return;
    }
    if (request.getPathInfo() == null) {
      answers.send(
          response, HttpServletResponse.SC_OK, TerminalJson.queue(views.queue(session.get(), 1)));
      return;
    }
    Optional<ApprovalRequest> found = find(request, session.get());
    if (found.isEmpty()) {
      notFound(response);
    } else {
      show(response, found.get(), session.get());
    }
  }

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Optional<Session> session = session(request, response);
    if (session.isEmpty()) {
      return;
    }
    Optional<ApprovalRequest> found = find(request, session.get());
    if (found.isEmpty()) {
      notFound(response);
      return;
    }
    switch (Form.read(request)) {
      case Form.Outcome.Refused(var problem) -> refuse(response, problem);
      case Form.Outcome.Read(var form) -> take(response, found.get(), session.get(), form);
    }
  }

  private void take(
      HttpServletResponse response, ApprovalRequest request, Session session, Form form)
      throws IOException {
    if (form.one("decision").filter("prolong"::equals).isPresent()) {
      answer(response, session, approvals.prolong(request.id(), session.person()));
      return;
    }
    Optional<DecisionForm> decision =
        DecisionForm.of(form, scrubbed).filter(given -> given.allowance().isEmpty());
    if (decision.isEmpty()) {
      refuse(response, Problem.MALFORMED);
    } else {
      decide(response, request, session, decision.get());
    }
  }

  private void decide(
      HttpServletResponse response, ApprovalRequest request, Session session, DecisionForm form)
      throws IOException {
    if (form.verdict() == Verdict.APPROVE && approvals.signs(request, session.person().id())) {
      refuse(response, HttpServletResponse.SC_FORBIDDEN, "passkey", PASSKEY);
      return;
    }
    answer(response, session, desk.decide(request, session, form, Optional.empty()));
  }

  private void answer(HttpServletResponse response, Session session, DecisionResult result)
      throws IOException {
    switch (result) {
      case DecisionResult.Recorded(var now) -> show(response, now, session);
      case DecisionResult.AlreadyDecided _ ->
          refuse(
              response,
              HttpServletResponse.SC_CONFLICT,
              "too_late",
              "Nothing was recorded: it had been decided, or had ended, before.");
      case DecisionResult.Changed _ ->
          refuse(
              response,
              HttpServletResponse.SC_CONFLICT,
              "changed",
              "Nothing was recorded: what you were shown is not what is asked. Read it again.");
      case DecisionResult.Unknown() -> notFound(response);
      case DecisionResult.NotAllowed(var why) ->
          refuse(response, HttpServletResponse.SC_FORBIDDEN, "not_yours", why);
    }
  }

  private void show(HttpServletResponse response, ApprovalRequest request, Session session)
      throws IOException {
    String url = origin.resolve("/approvals/" + request.id()).toString();
    answers.send(
        response,
        HttpServletResponse.SC_OK,
        TerminalJson.detail(views.detail(request, session), url));
  }

  private Optional<Session> session(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Optional<Session> session = terminals.of(request);
    if (session.isEmpty()) {
      response.setHeader("WWW-Authenticate", "Bearer");
      refuse(
          response,
          HttpServletResponse.SC_UNAUTHORIZED,
          "signed_out",
          "Nobody is signed in at this terminal, or no longer.");
    }
    return session;
  }

  private Optional<ApprovalRequest> find(HttpServletRequest request, Session session) {
    return Optional.ofNullable(request.getPathInfo())
        .flatMap(path -> ApprovalId.read(path.substring(1)))
        .flatMap(id -> approvals.findFor(session.person(), id));
  }

  private void notFound(HttpServletResponse response) throws IOException {
    refuse(
        response,
        HttpServletResponse.SC_NOT_FOUND,
        "not_found",
        "There is no such request, or none for you.");
  }

  private void refuse(HttpServletResponse response, Problem problem) throws IOException {
    refuse(response, problem.status(), "invalid_request", problem.text());
  }

  private void refuse(HttpServletResponse response, int status, String code, String message)
      throws IOException {
    answers.refuse(response, status, code, message);
  }
}
