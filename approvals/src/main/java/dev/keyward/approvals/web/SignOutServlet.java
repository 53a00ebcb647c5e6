package dev.keyward.approvals.web;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;

/// `POST /sign-out`: ends the session, on the server and in the browser.
///
/// Answers 303 to the queue, which then says how to sign in; 401, 403, 413 or 422 like any form.
@SuppressWarnings("serial") // servlets are not serialized
final class SignOutServlet extends HttpServlet {
  private final Sessions sessions;
  private final Pages pages;

  SignOutServlet(Sessions sessions, Pages pages) {
    this.sessions = sessions;
    this.pages = pages;
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
      case Form.Outcome.Read(var form) -> {
        if (!form.carries(session.get())) {
          pages.problem(response, Visitor.of(session.get()), Problem.FOREIGN);
          return;
        }
        sessions.end(request, response);
        Redirect.to(response, "/approvals");
      }
    }
  }
}
