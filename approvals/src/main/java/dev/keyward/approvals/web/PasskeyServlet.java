package dev.keyward.approvals.web;

import dev.keyward.approvals.passkey.PasskeyRefused;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// `GET /passkey`: how one's own passkey stands. `POST /passkey`: keeps the one that the browser
/// has just made.
///
/// The form carries the CSRF token and the JSON of a `PublicKeyCredential`. Answers 303 to the
/// page, 409 it is not kept, 413 or 422 no such form.
@SuppressWarnings("serial") // servlets are not serialized
final class PasskeyServlet extends SignedInServlet {
  static final String PATH = "/passkey";

  private final Passkeys passkeys;

  PasskeyServlet(Sessions sessions, Passkeys passkeys, Pages pages) {
    super(sessions, pages);
    this.passkeys = passkeys;
  }

  @Override
  void show(Visit visit) throws IOException {
    show(visit, HttpServletResponse.SC_OK, List.of());
  }

  @Override
  void take(Visit visit, Form form) throws IOException {
    Optional<String> answer = form.one("signature");
    if (answer.isEmpty()) {
      visit.problem(Problem.MALFORMED);
      return;
    }
    try {
      passkeys.keep(visit.session(), answer.get());
      Redirect.to(visit.response(), PATH);
    } catch (PasskeyRefused e) {
      show(visit, HttpServletResponse.SC_CONFLICT, List.of(refused(e.sentence())));
    }
  }

  private void show(Visit visit, int status, List<Notice> notices) throws IOException {
    var page =
        new PasskeyPage(Visitor.of(visit.session()), passkeys.state(visit.session()), notices);
    visit.pages().passkey(visit.response(), status, page);
  }

  private static Notice refused(String why) {
    return Notice.refused("No passkey was kept", why);
  }
}
