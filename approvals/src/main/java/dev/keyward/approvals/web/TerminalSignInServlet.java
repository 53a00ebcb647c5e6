package dev.keyward.approvals.web;

import dev.keyward.approvals.web.TerminalLogins.Begun;
import dev.keyward.approvals.web.TerminalLogins.Fetch;
import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `POST /from-terminal/login`, `/token` and `/sign-out`: how a terminal comes in and leaves, with
/// the names of RFC 8628.
///
/// `login` takes `client` and `host`, which the person will read, and answers a `device_code`, a
/// `user_code` and where to type it; `token` takes the `device_code` and answers an `access_token`,
/// once, or 400 with `authorization_pending` or `expired_token`. 429 where too many wait.
@SuppressWarnings("serial") // servlets are not serialized
final class TerminalSignInServlet extends HttpServlet {
  private static final Duration INTERVAL = Duration.ofSeconds(2);
  private static final int TOO_MANY = 429;

  private final SqlPeople people;
  private final TerminalAnswers answers;
  private final URI page;

  TerminalSignInServlet(SqlPeople people, TerminalAnswers answers, URI origin) {
    this.people = people;
    this.answers = answers;
    this.page = origin.resolve(TerminalPageServlet.PATH);
  }

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    switch (request.getPathInfo() == null ? "" : request.getPathInfo()) {
      case "/login" -> login(request, response);
      case "/token" -> token(request, response);
      case "/sign-out" -> {
        Terminals.token(request).ifPresent(people::signOutTerminal);
        answers.send(response, HttpServletResponse.SC_OK, JsonNodeFactory.instance.objectNode());
      }
      default -> response.sendError(HttpServletResponse.SC_NOT_FOUND);
    }
  }

  @TouchesSecret
  private void login(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Optional<Form> form = form(request);
    Optional<String> client = form.flatMap(fields -> fields.one("client"));
    Optional<String> host = form.flatMap(fields -> fields.one("host"));
    if (client.isEmpty() || host.isEmpty()) {
      malformed(response);
      return;
    }
    Optional<Begun> begun =
        people.terminals().begin(client.get(), host.get(), request.getRemoteAddr());
    if (begun.isEmpty()) {
      answers.refuse(
          response, TOO_MANY, "slow_down", "Too many terminals wait. Try again in ten minutes.");
      return;
    }
    String device = begun.get().device().use(code -> code);
    ObjectNode answer =
        JsonNodeFactory.instance
            .objectNode()
            .put("device_code", device)
            .put("user_code", begun.get().code())
            .put("verification_uri", page.toString())
            .put("expires_in", TerminalLogins.LIFETIME.toSeconds())
            .put("interval", INTERVAL.toSeconds());
    answers.sendAsItIs(response, HttpServletResponse.SC_OK, answer);
  }

  private void token(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Optional<String> device =
        form(request).flatMap(fields -> fields.one("device_code")).filter(text -> !text.isEmpty());
    if (device.isEmpty()) {
      malformed(response);
      return;
    }
    switch (people.terminals().fetch(Secret.of(device.get()))) {
      case Fetch.In(var session) -> in(response, session);
      case Fetch.NotYet() ->
          answers.refuse(
              response,
              HttpServletResponse.SC_BAD_REQUEST,
              "authorization_pending",
              "Nobody has let this terminal in yet.");
      case Fetch.Over() ->
          answers.refuse(
              response,
              HttpServletResponse.SC_BAD_REQUEST,
              "expired_token",
              "This terminal was refused, or its code is too old.");
    }
  }

  @TouchesSecret
  private void in(HttpServletResponse response, Session session) throws IOException {
    String token = session.token().use(text -> text);
    ObjectNode answer =
        JsonNodeFactory.instance
            .objectNode()
            .put("access_token", token)
            .put("token_type", "Bearer")
            .put("person", session.person().id().value())
            .put("roles", Words.roles(session.person()));
    answers.sendAsItIs(response, HttpServletResponse.SC_OK, answer);
  }

  private void malformed(HttpServletResponse response) throws IOException {
    answers.refuse(
        response,
        Problem.MALFORMED.status(),
        "invalid_request",
        "A field is missing, or is there twice.");
  }

  private static Optional<Form> form(HttpServletRequest request) throws IOException {
    return Form.read(request) instanceof Form.Outcome.Read(var form)
        ? Optional.of(form)
        : Optional.empty();
  }
}
