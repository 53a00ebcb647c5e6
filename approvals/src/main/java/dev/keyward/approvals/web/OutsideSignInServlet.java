package dev.keyward.approvals.web;

import dev.keyward.redaction.Secret;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;

/// `GET /sign-in/openid`: sends the browser to sign in elsewhere. `GET /sign-in/openid/callback`:
/// takes it back and begins a session.
///
/// Answers 303, 403 for whoever may not come in or brings back another browser's answer, 503 while
/// nobody can be asked. Neither needs a form: the first changes nothing, the second is bound to the
/// browser by its state.
@SuppressWarnings("serial") // servlets are not serialized
final class OutsideSignInServlet extends HttpServlet {
  private final OutsideSignIn outside;
  private final SignInAttempts attempts;
  private final SqlPeople people;
  private final Sessions sessions;
  private final Pages pages;

  OutsideSignInServlet(
      OutsideSignIn outside,
      SignInAttempts attempts,
      SqlPeople people,
      Sessions sessions,
      Pages pages) {
    this.outside = outside;
    this.attempts = attempts;
    this.people = people;
    this.sessions = sessions;
    this.pages = pages;
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    switch (String.valueOf(request.getPathInfo())) {
      case "null", "/" -> begin(response);
      case "/callback" -> end(request, response);
      default -> pages.problem(response, new Visitor.Stranger(), Problem.NOT_FOUND);
    }
  }

  private void begin(HttpServletResponse response) throws IOException {
    Optional<URI> there = outside.begin(attempts.begin(response));
    if (there.isEmpty()) {
      pages.problem(response, new Visitor.Stranger(), Problem.SIGN_IN_DOWN);
      return;
    }
    response.setStatus(HttpServletResponse.SC_SEE_OTHER);
    response.setHeader("Location", there.get().toString());
  }

  private void end(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Optional<Secret> code = one(request, "code").map(Secret::of);
    Optional<Session> session =
        attempts
            .end(request, response, one(request, "state").orElse(""))
            .filter(_ -> code.isPresent())
            .flatMap(attempt -> outside.end(attempt, code.get()))
            .flatMap(who -> people.admit(who, Sessions.browser(request)));
    if (session.isEmpty()) {
      pages.problem(response, new Visitor.Stranger(), Problem.NOT_LET_IN);
      return;
    }
    sessions.begin(request, response, session.get());
    Redirect.to(response, "/approvals");
  }

  private static Optional<String> one(HttpServletRequest request, String name) {
    String[] values = request.getParameterValues(name);
    return values != null && values.length == 1 && !values[0].isEmpty()
        ? Optional.of(values[0])
        : Optional.empty();
  }
}
