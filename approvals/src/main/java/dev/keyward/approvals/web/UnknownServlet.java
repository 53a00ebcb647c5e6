package dev.keyward.approvals.web;

import dev.keyward.approvals.SettleResult;
import dev.keyward.approvals.UnknownWrite;
import dev.keyward.approvals.UnknownWrites;
import dev.keyward.call.CallId;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// `GET /unknown/{call}`: one write of which nobody knows whether it took effect. `POST` there: a
/// signed-in person who may review it says what they found.
///
/// The form carries the CSRF token, what happened and a note on how the person knows. Answers 303
/// to the write, 403 wrong token or not this person's to settle, 404 no such write or not for this
/// person, 409 somebody was first, 413 or 422 no such form.
@SuppressWarnings("serial") // servlets are not serialized
final class UnknownServlet extends SignedInServlet {
  private final UnknownWrites writes;
  private final UnknownViews views;
  private final Scrubbed scrubbed;

  UnknownServlet(
      UnknownWrites writes, Sessions sessions, UnknownViews views, Scrubbed scrubbed, Pages pages) {
    super(sessions, pages);
    this.writes = writes;
    this.views = views;
    this.scrubbed = scrubbed;
  }

  @Override
  void show(Visit visit) throws IOException {
    Optional<UnknownWrite> found = find(visit);
    if (found.isEmpty()) {
      visit.problem(Problem.NOT_FOUND);
      return;
    }
    show(visit, HttpServletResponse.SC_OK, found.get(), List.of(), "");
  }

  @Override
  void take(Visit visit, Form form) throws IOException {
    Optional<UnknownWrite> found = find(visit);
    Optional<SettleForm> settlement = SettleForm.of(form, scrubbed);
    if (found.isEmpty()) {
      visit.problem(Problem.NOT_FOUND);
    } else if (settlement.isEmpty()) {
      visit.problem(Problem.MALFORMED);
    } else if (settlement.get().note().isEmpty()) {
      show(visit, 422, found.get(), List.of(noteMissing()), "");
    } else {
      settle(visit, found.get(), settlement.get());
    }
  }

  private void settle(Visit visit, UnknownWrite write, SettleForm form) throws IOException {
    switch (writes.settle(write.call(), visit.session().person(), form.effect(), form.note())) {
      case SettleResult.Recorded(var now) ->
          Redirect.to(visit.response(), "/unknown/" + now.call());
      case SettleResult.AlreadySettled(var now) ->
          show(visit, HttpServletResponse.SC_CONFLICT, now, List.of(tooLate()), form.note());
      case SettleResult.Unknown() -> visit.problem(Problem.NOT_FOUND);
      case SettleResult.NotAllowed(var why) ->
          show(visit, HttpServletResponse.SC_FORBIDDEN, write, List.of(notYours(why)), form.note());
    }
  }

  private void show(Visit visit, int status, UnknownWrite write, List<Notice> notices, String note)
      throws IOException {
    UnknownPage page = views.page(write, visit.session(), notices, note);
    visit.pages().unknown(visit.response(), status, page);
  }

  private Optional<UnknownWrite> find(Visit visit) {
    return id(visit)
        .flatMap(writes::find)
        .filter(write -> UnknownViews.maySee(write, visit.session().person()));
  }

  private static Optional<CallId> id(Visit visit) {
    try {
      return visit.rest().map(CallId::new);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Notice noteMissing() {
    return Notice.wrong(
        "Nothing was recorded: say how you know", "Write a note, for example where you looked.");
  }

  private static Notice tooLate() {
    return Notice.beware("Somebody was faster", "What you chose was not recorded. See below.");
  }

  private static Notice notYours(String why) {
    return Notice.wrong("Not yours to settle", why);
  }
}
