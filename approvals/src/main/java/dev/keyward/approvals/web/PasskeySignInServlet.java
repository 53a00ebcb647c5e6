package dev.keyward.approvals.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.keyward.call.ApprovalId;
import dev.keyward.redaction.Secret;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `POST /sign-in/passkey/challenge`: begins an attempt, and answers with what a browser needs to
/// have a passkey sign it, as JSON. `POST /sign-in/passkey`: takes what the passkey made of it, and
/// begins a session.
///
/// The form carries the JSON of a `PublicKeyCredential`. Answers 303 to the queue, or to the
/// request to people on whose page the button was pressed, 403 and one and the same page whatever
/// is wrong with passkey or person, 413 or 422 no such form, 429 too many have begun.
@SuppressWarnings("serial") // servlets are not serialized
final class PasskeySignInServlet extends HttpServlet {
  static final String PATH = "/sign-in/passkey";

  private static final String QUEUE = "/approvals";
  private static final Pattern REQUEST = Pattern.compile("https?://[^/]+/approvals/([a-z0-9_]+)");

  private final Passkeys passkeys;
  private final PasskeyAttempts attempts;
  private final Sessions sessions;
  private final Pages pages;
  private final TokenCookie cookie;

  PasskeySignInServlet(
      URI origin, Passkeys passkeys, PasskeyAttempts attempts, Sessions sessions, Pages pages) {
    this.passkeys = passkeys;
    this.attempts = attempts;
    this.sessions = sessions;
    this.pages = pages;
    this.cookie = new TokenCookie(origin, "keyward_passkey", "Strict");
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    boolean here = request.getPathInfo() == null;
    pages.problem(response, new Visitor.Stranger(), here ? Problem.STRANGER : Problem.NOT_FOUND);
  }

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    switch (String.valueOf(request.getPathInfo())) {
      case "null" -> end(request, response);
      case "/challenge" -> begin(request, response);
      default -> pages.problem(response, new Visitor.Stranger(), Problem.NOT_FOUND);
    }
  }

  private void begin(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Optional<Secret> attempt = attempts.begin(request.getRemoteAddr());
    if (attempt.isEmpty()) {
      pages.problem(response, new Visitor.Stranger(), Problem.CROWDED);
      return;
    }
    cookie.give(response, attempt.get(), PasskeyAttempts.LIFETIME);
    byte[] options = passkeys.asking(attempt.get()).getBytes(UTF_8);
    response.setContentType("application/json");
    response.setContentLength(options.length);
    response.getOutputStream().write(options);
  }

  private void end(HttpServletRequest request, HttpServletResponse response) throws IOException {
    switch (Form.read(request)) {
      case Form.Outcome.Refused(var problem) ->
          pages.problem(response, new Visitor.Stranger(), problem);
      case Form.Outcome.Read(var form) -> end(request, response, form.one("signature").orElse(""));
    }
  }

  private void end(HttpServletRequest request, HttpServletResponse response, String answer)
      throws IOException {
    Optional<Session> session =
        cookie
            .in(request)
            .flatMap(
                attempt ->
                    attempts.end(
                        attempt,
                        () -> passkeys.proven(attempt, answer),
                        Sessions.browser(request)));
    cookie.takeBack(response);
    if (session.isEmpty()) {
      pages.problem(response, new Visitor.Stranger(), Problem.PASSKEY_NOT_LET_IN);
      return;
    }
    sessions.begin(request, response, session.get());
    Redirect.to(response, wanted(request));
  }

  /// {@return the request to people whose page asked for the sign-in, or else the queue}
  private static String wanted(HttpServletRequest request) {
    Matcher page = REQUEST.matcher(Objects.requireNonNullElse(request.getHeader("Referer"), ""));
    return page.matches()
        ? ApprovalId.read(page.group(1)).map(id -> QUEUE + "/" + id).orElse(QUEUE)
        : QUEUE;
  }
}
