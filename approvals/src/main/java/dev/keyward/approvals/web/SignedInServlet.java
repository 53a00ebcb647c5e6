package dev.keyward.approvals.web;

import dev.keyward.call.ApprovalId;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;

/// Pages that only people who are signed in see, and the forms on them.
///
/// Answers 401 to everybody else, 404 to whom a page does not admit, 403 to a form without the
/// session's token, 413 or 422 where there is no form. What is left is the page's own.
@SuppressWarnings("serial") // servlets are not serialized
abstract class SignedInServlet extends HttpServlet {
  private final Sessions sessions;
  private final Pages pages;

  SignedInServlet(Sessions sessions, Pages pages) {
    this.sessions = sessions;
    this.pages = pages;
  }

  /// One request of a person who may be here, and the way to answer it.
  record Visit(
      HttpServletRequest request, HttpServletResponse response, Session session, Pages pages) {

    /// Says why there is nothing to show, or why nothing was done.
    void problem(Problem problem) throws IOException {
      pages.problem(response, Visitor.of(session), problem);
    }

    /// {@return what stands after the servlet's own path; empty for nothing}
    Optional<String> rest() {
      return Optional.ofNullable(request.getPathInfo()).map(path -> path.substring(1));
    }

    /// {@return the request to people that stands there}
    Optional<ApprovalId> approval() {
      return rest().flatMap(ApprovalId::read);
    }
  }

  /// {@return whether these pages exist for this person}
  boolean admits(Session session) {
    return true;
  }

  /// Shows what is asked for; changes nothing.
  abstract void show(Visit visit) throws IOException;

  /// Takes a form that this person's own page has sent.
  abstract void take(Visit visit, Form form) throws IOException;

  @Override
  protected final void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Optional<Visit> visit = visit(request, response);
    if (visit.isPresent()) {
      show(visit.get());
    }
  }

  @Override
  protected final void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Optional<Visit> visit = visit(request, response);
    if (visit.isEmpty()) {
      return;
    }
    switch (Form.read(request)) {
      case Form.Outcome.Refused(var problem) -> visit.get().problem(problem);
      case Form.Outcome.Read(var form) when form.carries(visit.get().session()) ->
          take(visit.get(), form);
      case Form.Outcome.Read _ -> visit.get().problem(Problem.FOREIGN);
    }
  }

  private Optional<Visit> visit(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Optional<Session> session = sessions.of(request);
    if (session.isEmpty()) {
      pages.problem(response, new Visitor.Stranger(), Problem.STRANGER);
      return Optional.empty();
    }
    var visit = new Visit(request, response, session.get(), pages);
    if (!admits(session.get())) {
      visit.problem(Problem.NOT_FOUND);
      return Optional.empty();
    }
    return Optional.of(visit);
  }
}
