package dev.keyward.approvals.web;

import dev.keyward.approvals.Role;
import dev.keyward.call.PersonId;
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
final class StopServlet extends SignedInServlet {
  private static final int UNMEANT = 422;
  private static final Map<String, String> KINDS =
      Map.of(
          "all", "Everything", "agent", "Agent", "run", "Run", "tool", "Tool", "target", "System");

  private final StopSwitch stops;
  private final Scrubbed scrubbed;
  private final InstantSource clock;

  StopServlet(
      StopSwitch stops, Sessions sessions, Scrubbed scrubbed, Pages pages, InstantSource clock) {
    super(sessions, pages);
    this.stops = stops;
    this.scrubbed = scrubbed;
    this.clock = clock;
  }

  @Override
  boolean admits(Session session) {
    return session.person().is(Role.ADMINISTRATOR);
  }

  @Override
  void show(Visit visit) throws IOException {
    show(visit, HttpServletResponse.SC_OK, List.of());
  }

  @Override
  void take(Visit visit, Form form) throws IOException {
    Optional<StopForm> wanted = StopForm.of(form);
    if (wanted.isEmpty()) {
      visit.problem(Problem.MALFORMED);
    } else if (!wanted.get().sure()) {
      show(visit, UNMEANT, List.of(unmeant()));
    } else {
      carryOut(visit, wanted.get());
    }
  }

  private void carryOut(Visit visit, StopForm form) throws IOException {
    PersonId person = visit.session().person().id();
    try {
      if (form.stop()) {
        stops.stop(form.kind(), form.name(), form.why(), person);
      } else {
        stops.resume(form.kind(), form.name(), person);
      }
    } catch (IllegalArgumentException e) {
      var notice = List.of(impossible(String.valueOf(e.getMessage())));
      show(visit, HttpServletResponse.SC_CONFLICT, notice);
      return;
    }
    Redirect.to(visit.response(), "/stop");
  }

  private void show(Visit visit, int status, List<Notice> notices) throws IOException {
    Instant now = clock.instant();
    List<StopPage.Row> rows = stops.stopped().stream().map(stop -> row(stop, now)).toList();
    var page = new StopPage(Visitor.of(visit.session()), notices, rows, groups());
    visit.pages().stop(visit.response(), status, page);
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

  private static Notice unmeant() {
    return Notice.wrong(
        "Nothing was changed", "Tick the box beside the button to say that you mean it.");
  }

  private static Notice impossible(String why) {
    return Notice.wrong("Nothing was changed", why);
  }
}
