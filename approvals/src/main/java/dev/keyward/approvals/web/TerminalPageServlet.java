package dev.keyward.approvals.web;

import dev.keyward.approvals.web.TerminalLogins.Look;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// `GET /terminal`: asks for the code that a terminal shows. `POST /terminal`: shows which terminal
/// that is, and with an answer lets it in or refuses it.
///
/// The code is taken from the form alone, so no link fills it in. The form carries the CSRF token,
/// `code`, and `answer` (`let_in`, `refuse`) the second time. Answers 200 with the next step, 422
/// for a code that no terminal shows, 429 after too many of those; 403, 413 or 422 like any form.
@SuppressWarnings("serial") // servlets are not serialized
final class TerminalPageServlet extends SignedInServlet {
  static final String PATH = "/terminal";

  private static final int UNFIT = 422;
  private static final int TIRED = 429;

  private final TerminalLogins logins;
  private final Scrubbed scrubbed;
  private final InstantSource clock;

  TerminalPageServlet(
      TerminalLogins logins,
      Sessions sessions,
      Scrubbed scrubbed,
      Pages pages,
      InstantSource clock) {
    super(sessions, pages);
    this.logins = logins;
    this.scrubbed = scrubbed;
    this.clock = clock;
  }

  @Override
  void show(Visit visit) throws IOException {
    show(visit, HttpServletResponse.SC_OK, new TerminalPage.State.Asking(), List.of());
  }

  @Override
  void take(Visit visit, Form form) throws IOException {
    Optional<String> code = form.one("code");
    String answer = form.one("answer").orElse("");
    if (code.isEmpty()) {
      visit.problem(Problem.MALFORMED);
      return;
    }
    switch (answer) {
      case "" -> found(visit, code.get(), logins.look(visit.session(), code.get()));
      case "let_in" ->
          answered(visit, logins.answer(visit.session(), code.get(), true), "The terminal is in");
      case "refuse" ->
          answered(visit, logins.answer(visit.session(), code.get(), false), "It was refused");
      default -> visit.problem(Problem.MALFORMED);
    }
  }

  private void found(Visit visit, String code, Look look) throws IOException {
    if (look instanceof Look.Found(var terminal)) {
      var found =
          new TerminalPage.State.Found(
              code,
              scrubbed.pieces(terminal.client()),
              scrubbed.pieces(terminal.host()),
              terminal.address(),
              Moment.of(terminal.asked(), clock.instant()));
      show(visit, HttpServletResponse.SC_OK, found, List.of());
    } else {
      refused(visit, look);
    }
  }

  private void answered(Visit visit, Look look, String title) throws IOException {
    if (look instanceof Look.Found) {
      var notice =
          new Notice(
              "good", "✓", title, "You can close this page and go back to your terminal.", false);
      show(visit, HttpServletResponse.SC_OK, new TerminalPage.State.Answered(), List.of(notice));
    } else {
      refused(visit, look);
    }
  }

  private void refused(Visit visit, Look look) throws IOException {
    boolean tired = look instanceof Look.Tired;
    String why =
        tired
            ? "You have typed too many wrong codes. Wait for ten minutes."
            : "No terminal that waits shows this code. It may be ten minutes old, or used.";
    var notice = Notice.refused("Nothing was let in", why);
    show(visit, tired ? TIRED : UNFIT, new TerminalPage.State.Asking(), List.of(notice));
  }

  private static void show(Visit visit, int status, TerminalPage.State state, List<Notice> notices)
      throws IOException {
    var page = new TerminalPage(Visitor.of(visit.session()), state, notices);
    visit.pages().terminal(visit.response(), status, page);
  }
}
