package dev.keyward.approvals.web;

import dev.keyward.approvals.Approvals;
import dev.keyward.approvals.GlassReview;
import dev.keyward.approvals.Person;
import dev.keyward.approvals.Role;
import dev.keyward.approvals.Subject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/// Turns the reviews after a broken glass into page models, for those who have to know: who may see
/// the request, the agent's owner, and administrators.
final class ReviewViews {
  private static final int MOST = 200;

  private final Approvals approvals;
  private final Scrubbed scrubbed;
  private final InstantSource clock;

  ReviewViews(Approvals approvals, Scrubbed scrubbed, InstantSource clock) {
    this.approvals = approvals;
    this.scrubbed = scrubbed;
    this.clock = clock;
  }

  /// {@return how many are open, of those that this person has to know of}
  int open(Session session) {
    return approvals.glassReviews().open() == 0
        ? 0
        : (int) mine(session).stream().filter(review -> review.closing().isEmpty()).count();
  }

  ReviewsPage page(Session session, List<Notice> notices) {
    Instant now = clock.instant();
    List<ReviewsPage.Row> rows =
        mine(session).stream().map(review -> row(review, session.person(), now)).toList();
    return new ReviewsPage(Visitor.of(session), rows, notices);
  }

  private List<GlassReview> mine(Session session) {
    return approvals.glassReviews().list(MOST).stream()
        .filter(review -> concerns(review, session.person()))
        .toList();
  }

  private boolean concerns(GlassReview review, Person person) {
    return person.is(Role.ADMINISTRATOR)
        || review.request().shown().caller().owner().equals(person.id())
        || visible(review, person);
  }

  private boolean visible(GlassReview review, Person person) {
    return approvals.findFor(person, review.request().id()).isPresent();
  }

  private ReviewsPage.Row row(GlassReview review, Person person, Instant now) {
    Subject.Call call = review.request().shown();
    return new ReviewsPage.Row(
        review.request().id().value(),
        visible(review, person),
        call.title(),
        call.tool().value(),
        call.system(),
        call.caller().agent().value(),
        Badge.of(review.request().state()),
        review.broke().person().value(),
        review.broke().ticket().orElse(""),
        scrubbed.pieces(review.broke().reason()),
        Moment.of(review.opened(), now),
        approvals.glassReviews().objection(review, person.id()).orElse(""),
        review.closing().map(closing -> closing(closing, now)));
  }

  private ReviewsPage.Closing closing(GlassReview.Closing closing, Instant now) {
    Badge finding =
        closing.justified()
            ? new Badge("good", "✓", "Had to be")
            : new Badge("bad", "✕", "Need not have been");
    return new ReviewsPage.Closing(
        closing.by().value(),
        Moment.of(closing.at(), now),
        finding,
        scrubbed.pieces(closing.note()));
  }
}
