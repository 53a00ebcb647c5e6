package dev.keyward.approvals.web;

import dev.keyward.approvals.SettleResult;
import dev.keyward.approvals.UnknownWrite;
import dev.keyward.approvals.UnknownWrites;
import dev.keyward.call.CallId;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
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
final class UnknownServlet extends HttpServlet {
  private final UnknownWrites writes;
  private final Sessions sessions;
  private final UnknownViews views;
  private final Pages pages;

  UnknownServlet(UnknownWrites writes, Sessions sessions, UnknownViews views, Pages pages) {
    this.writes = writes;
    this.sessions = sessions;
    this.views = views;
    this.pages = pages;
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Optional<Session> session = sessions.of(request);
    if (session.isEmpty()) {
      pages.problem(response, new Visitor.Stranger(), Problem.STRANGER);
      return;
    }
    Optional<UnknownWrite> found = find(request, session.get());
    if (found.isEmpty()) {
      pages.problem(response, Visitor.of(session.get()), Problem.NOT_FOUND);
      return;
    }
    show(response, HttpServletResponse.SC_OK, found.get(), session.get(), List.of(), "");
  }

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Optional<Session> session = sessions.of(request);
    if (session.isEmpty()) {
      pages.problem(response, new Visitor.Stranger(), Problem.STRANGER);
      return;
    }
    switch (Form.read(request)) {
      case Form.Outcome.Refused(var problem) ->
          pages.problem(response, Visitor.of(session.get()), problem);
      case Form.Outcome.Read(var form) -> check(request, response, session.get(), form);
    }
  }

  private void check(
      HttpServletRequest request, HttpServletResponse response, Session session, Form form)
      throws IOException {
    Optional<UnknownWrite> found = find(request, session);
    Optional<SettleForm> settlement = SettleForm.of(form);
    if (!form.carries(session)) {
      pages.problem(response, Visitor.of(session), Problem.FOREIGN);
    } else if (found.isEmpty()) {
      pages.problem(response, Visitor.of(session), Problem.NOT_FOUND);
    } else if (settlement.isEmpty()) {
      pages.problem(response, Visitor.of(session), Problem.MALFORMED);
    } else if (settlement.get().note().isEmpty()) {
      show(response, 422, found.get(), session, List.of(noteMissing()), "");
    } else {
      settle(response, session, found.get(), settlement.get());
    }
  }

  private void settle(
      HttpServletResponse response, Session session, UnknownWrite write, SettleForm form)
      throws IOException {
    switch (writes.settle(write.call(), session.person(), form.effect(), form.note())) {
      case SettleResult.Recorded(var now) -> Redirect.to(response, "/unknown/" + now.call());
      case SettleResult.AlreadySettled(var now) ->
          show(
              response,
              HttpServletResponse.SC_CONFLICT,
              now,
              session,
              List.of(tooLate()),
              form.note());
      case SettleResult.Unknown() ->
          pages.problem(response, Visitor.of(session), Problem.NOT_FOUND);
      case SettleResult.NotAllowed(var why) ->
          show(
              response,
              HttpServletResponse.SC_FORBIDDEN,
              write,
              session,
              List.of(notYours(why)),
              form.note());
    }
  }

  private void show(
      HttpServletResponse response,
      int status,
      UnknownWrite write,
      Session session,
      List<DetailPage.Notice> notices,
      String note)
      throws IOException {
    pages.unknown(response, status, views.page(write, session, notices, note));
  }

  private Optional<UnknownWrite> find(HttpServletRequest request, Session session) {
    return id(request)
        .flatMap(writes::find)
        .filter(write -> UnknownViews.maySee(write, session.person()));
  }

  private static Optional<CallId> id(HttpServletRequest request) {
    try {
      return Optional.ofNullable(request.getPathInfo()).map(path -> new CallId(path.substring(1)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static DetailPage.Notice noteMissing() {
    return new DetailPage.Notice(
        "bad",
        "!",
        "Nothing was recorded: say how you know",
        "Write a note, for example where you looked.",
        true);
  }

  private static DetailPage.Notice tooLate() {
    return new DetailPage.Notice(
        "", "!", "Somebody was faster", "What you chose was not recorded. See below.", true);
  }

  private static DetailPage.Notice notYours(String why) {
    return new DetailPage.Notice("bad", "!", "Not yours to settle", why, true);
  }
}
