package dev.keyward.approvals.web;

import dev.keyward.call.PersonId;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// `GET /sessions`: where the person is signed in. `POST /sessions`: ends one of these sessions, or
/// all others.
///
/// The form carries the CSRF token and `end`: a session's name, or `others`. Answers 303 to the
/// page, also where the session had ended already; 403, 413 or 422 like any form.
@SuppressWarnings("serial") // servlets are not serialized
final class SessionsServlet extends SignedInServlet {
  private static final String OTHERS = "others";

  private final SqlPeople people;
  private final Scrubbed scrubbed;
  private final InstantSource clock;

  SessionsServlet(
      SqlPeople people, Sessions sessions, Scrubbed scrubbed, Pages pages, InstantSource clock) {
    super(sessions, pages);
    this.people = people;
    this.scrubbed = scrubbed;
    this.clock = clock;
  }

  @Override
  void show(Visit visit) throws IOException {
    Instant now = clock.instant();
    Session session = visit.session();
    String here = SessionRows.name(Tokens.hash(session.token()));
    List<SessionsPage.Row> rows =
        people.sessions(session.person().id()).stream()
            .map(open -> row(open, open.name().equals(here), now))
            .toList();
    visit.pages().sessions(visit.response(), new SessionsPage(Visitor.of(session), rows));
  }

  private SessionsPage.Row row(OpenSession open, boolean here, Instant now) {
    return new SessionsPage.Row(
        open.name(),
        here ? "This browser" : open.terminal() ? "A terminal" : "Another browser",
        here,
        scrubbed.pieces(open.browser()),
        Moment.of(open.started(), now),
        Moment.of(open.seen(), now));
  }

  @Override
  void take(Visit visit, Form form) throws IOException {
    Optional<String> end = form.one("end");
    if (end.isEmpty()) {
      visit.problem(Problem.MALFORMED);
      return;
    }
    PersonId person = visit.session().person().id();
    if (end.get().equals(OTHERS)) {
      people.endOthers(visit.session());
    } else {
      people.endSession(person, end.get(), false);
    }
    Redirect.to(visit.response(), "/sessions");
  }
}
