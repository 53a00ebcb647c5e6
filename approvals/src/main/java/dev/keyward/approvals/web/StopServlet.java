package dev.keyward.approvals.web;

import dev.keyward.approvals.Role;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `GET /stop`: the kill switch, for administrators. `POST /stop`: stops something, or lets it go
/// on.
///
/// The form carries the CSRF token, what is to be done, to what, why, and that the person means it.
/// Answers 303 to the page, 403 wrong token, 404 no administrator, 409 it cannot be, 413 or 422 no
/// such form, or not meant.
@SuppressWarnings("serial") // servlets are not serialized
final class StopServlet extends HttpServlet {
  private static final int UNMEANT = 422;
  private static final Map<String, String> KINDS =
      Map.of(
          "all", "Everything", "agent", "Agent", "run", "Run", "tool", "Tool", "target", "System");

  private final StopSwitch stops;
  private final Sessions sessions;
  private final Scrubbed scrubbed;
  private final Pages pages;
  private final InstantSource clock;

  StopServlet(
      StopSwitch stops, Sessions sessions, Scrubbed scrubbed, Pages pages, InstantSource clock) {
    this.stops = stops;
    this.sessions = sessions;
    this.scrubbed = scrubbed;
    this.pages = pages;
    this.clock = clock;
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Optional<Session> session = administrator(request, response);
    if (session.isPresent()) {
      show(response, HttpServletResponse.SC_OK, session.get(), List.of());
    }
  }

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Optional<Session> session = administrator(request, response);
    if (session.isEmpty()) {
      return;
    }
    switch (Form.read(request)) {
      case Form.Outcome.Refused(var problem) ->
          pages.problem(response, Visitor.of(session.get()), problem);
      case Form.Outcome.Read(var form) -> check(response, session.get(), form);
    }
  }

  private void check(HttpServletResponse response, Session session, Form form) throws IOException {
    Optional<StopForm> wanted = StopForm.of(form);
    if (!form.carries(session)) {
      pages.problem(response, Visitor.of(session), Problem.FOREIGN);
    } else if (wanted.isEmpty()) {
      pages.problem(response, Visitor.of(session), Problem.MALFORMED);
    } else if (!wanted.get().sure()) {
      show(response, UNMEANT, session, List.of(unmeant()));
    } else {
      carryOut(response, session, wanted.get());
    }
  }

  private void carryOut(HttpServletResponse response, Session session, StopForm form)
      throws IOException {
    try {
      if (form.stop()) {
        stops.stop(form.kind(), form.name(), form.why(), session.person().id());
      } else {
        stops.resume(form.kind(), form.name(), session.person().id());
      }
    } catch (IllegalArgumentException e) {
      var notice = List.of(impossible(String.valueOf(e.getMessage())));
      show(response, HttpServletResponse.SC_CONFLICT, session, notice);
      return;
    }
    Redirect.to(response, "/stop");
  }

  private Optional<Session> administrator(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Optional<Session> session = sessions.of(request);
    if (session.isEmpty()) {
      pages.problem(response, new Visitor.Stranger(), Problem.STRANGER);
      return session;
    }
    if (!session.get().person().is(Role.ADMINISTRATOR)) {
      pages.problem(response, Visitor.of(session.get()), Problem.NOT_FOUND);
      return Optional.empty();
    }
    return session;
  }

  private void show(
      HttpServletResponse response, int status, Session session, List<DetailPage.Notice> notices)
      throws IOException {
    Instant now = clock.instant();
    List<StopPage.Row> rows = stops.stopped().stream().map(stop -> row(stop, now)).toList();
    pages.stop(response, status, new StopPage(Visitor.of(session), notices, rows, groups()));
  }

  private StopPage.Row row(StopSwitch.Stopped stop, Instant now) {
    return new StopPage.Row(
        (stop.kind() + " " + stop.name()).strip(),
        (KINDS.getOrDefault(stop.kind(), stop.kind()) + " " + stop.name()).strip(),
        Moment.of(stop.since(), now),
        stop.by(),
        scrubbed.pieces(stop.why()));
  }

  private List<StopPage.Group> groups() {
    Map<String, List<String>> names = new LinkedHashMap<>();
    stops
        .choices()
        .forEach(
            choice ->
                names.computeIfAbsent(choice.kind(), _ -> new ArrayList<>()).add(choice.name()));
    return names.entrySet().stream()
        .map(
            entry ->
                new StopPage.Group(
                    KINDS.getOrDefault(entry.getKey(), entry.getKey()) + "s",
                    entry.getKey(),
                    entry.getValue()))
        .toList();
  }

  private static DetailPage.Notice unmeant() {
    return new DetailPage.Notice(
        "bad",
        "!",
        "Nothing was changed",
        "Tick the box beside the button to say that you mean it.",
        true);
  }

  private static DetailPage.Notice impossible(String why) {
    return new DetailPage.Notice("bad", "!", "Nothing was changed", why, true);
  }
}
