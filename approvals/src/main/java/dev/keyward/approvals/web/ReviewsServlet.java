package dev.keyward.approvals.web;

import dev.keyward.approvals.Approvals;
import dev.keyward.approvals.GlassReview;
import dev.keyward.call.ApprovalId;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// `GET /reviews`: what has to be looked at because somebody broke the glass. `POST /reviews`:
/// somebody else says what they found, which closes one.
///
/// The form carries the CSRF token, `approval`, `finding` (`justified`, `not_justified`) and a
/// note. Answers 303 to the page, 403 not this person's to close, 409 somebody was first, 422 no
/// such form, or no note.
@SuppressWarnings("serial") // servlets are not serialized
final class ReviewsServlet extends SignedInServlet {
  static final String PATH = "/reviews";

  private static final int UNFIT = 422;

  private final Approvals approvals;
  private final ReviewViews views;
  private final Scrubbed scrubbed;

  ReviewsServlet(
      Approvals approvals, Sessions sessions, ReviewViews views, Scrubbed scrubbed, Pages pages) {
    super(sessions, pages);
    this.approvals = approvals;
    this.views = views;
    this.scrubbed = scrubbed;
  }

  @Override
  void show(Visit visit) throws IOException {
    show(visit, HttpServletResponse.SC_OK, List.of());
  }

  @Override
  void take(Visit visit, Form form) throws IOException {
    Optional<ApprovalId> approval = form.one("approval").flatMap(ApprovalId::read);
    Optional<Boolean> justified =
        switch (form.one("finding").orElse("")) {
          case "justified" -> Optional.of(true);
          case "not_justified" -> Optional.of(false);
          default -> Optional.empty();
        };
    Optional<String> note = scrubbed.typed(form, "note");
    if (approval.isEmpty() || justified.isEmpty() || note.isEmpty()) {
      visit.problem(Problem.MALFORMED);
    } else if (note.get().isEmpty()) {
      refuse(visit, UNFIT, "Write a note, for example what you have looked at.");
    } else {
      close(visit, approval.get(), justified.get(), note.get());
    }
  }

  private void close(Visit visit, ApprovalId approval, boolean justified, String note)
      throws IOException {
    GlassReview.Result result =
        approvals.glassReviews().close(approval, visit.session().person().id(), justified, note);
    switch (result) {
      case CLOSED -> Redirect.to(visit.response(), PATH);
      case NOT_OPEN ->
          refuse(visit, HttpServletResponse.SC_CONFLICT, "It is closed, or there is none.");
      case NOT_YOURS ->
          refuse(visit, HttpServletResponse.SC_FORBIDDEN, "Somebody else has to close it.");
    }
  }

  private void refuse(Visit visit, int status, String why) throws IOException {
    show(visit, status, List.of(Notice.refused("Nothing was closed", why)));
  }

  private void show(Visit visit, int status, List<Notice> notices) throws IOException {
    visit.pages().reviews(visit.response(), status, views.page(visit.session(), notices));
  }
}
