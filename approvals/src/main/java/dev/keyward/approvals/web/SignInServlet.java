package dev.keyward.approvals.web;

import dev.keyward.approvals.Person;
import dev.keyward.redaction.Secret;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;

/// `GET /sign-in/{token}`: shows a form, and uses nothing up, since mail scanners follow links.
/// `POST /sign-in`: uses the link up and begins a session.
///
/// Answers 303 to the queue, 410 for a link that is unknown, used or expired.
@SuppressWarnings("serial") // servlets are not serialized
final class SignInServlet extends HttpServlet {
  private final SqlPeople people;
  private final Sessions sessions;
  private final Pages pages;

  SignInServlet(SqlPeople people, Sessions sessions, Pages pages) {
    this.people = people;
    this.sessions = sessions;
    this.pages = pages;
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    String path = request.getPathInfo();
    if (path == null || path.equals("/")) {
      pages.problem(response, new Visitor.Stranger(), Problem.STRANGER);
      return;
    }
    Secret link = Secret.of(path.substring(1));
    Optional<Person> person = people.linked(link);
    if (person.isEmpty()) {
      pages.problem(response, new Visitor.Stranger(), Problem.LINK_OVER);
      return;
    }
    pages.signIn(response, new SignInPage(person.get().id().value(), link));
  }

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    switch (Form.read(request)) {
      case Form.Outcome.Refused(var problem) ->
          pages.problem(response, new Visitor.Stranger(), problem);
      case Form.Outcome.Read(var form) -> signIn(request, response, form);
    }
  }

  private void signIn(HttpServletRequest request, HttpServletResponse response, Form form)
      throws IOException {
    Optional<Session> session =
        form.one("token")
            .filter(token -> !token.isEmpty())
            .map(Secret::of)
            .flatMap(link -> people.consume(link, Sessions.browser(request)));
    if (session.isEmpty()) {
      pages.problem(response, new Visitor.Stranger(), Problem.LINK_OVER);
      return;
    }
    sessions.begin(request, response, session.get());
    Redirect.to(response, "/approvals");
  }
}
