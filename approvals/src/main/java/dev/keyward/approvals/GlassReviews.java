package dev.keyward.approvals;

import dev.keyward.call.ApprovalId;
import dev.keyward.call.ApprovalKind;
import dev.keyward.call.PersonId;
import dev.keyward.store.Database;
import dev.keyward.store.Tx;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The reviews that are open since somebody broke the glass, and those that somebody else has
/// closed. Thread-safe.
public final class GlassReviews {
  private final Database database;
  private final InstantSource clock;
  private final Reviewers reviewers;
  private final ApprovalListener listener;

  GlassReviews(
      Database database, InstantSource clock, Reviewers reviewers, ApprovalListener listener) {
    this.database = database;
    this.clock = clock;
    this.reviewers = reviewers;
    this.listener = listener;
  }

  /// Opens the review of an approval for which the glass has just been broken.
  void open(Tx tx, ApprovalRequest broken, Instant now) {
    tx.update(
        "INSERT INTO glass_review (approval, opened_at) VALUES (?, ?)",
        broken.id().value(),
        now.toEpochMilli());
  }

  /// {@return how many are open}
  public int open() {
    return database.read(
        tx ->
            tx.sql()
                .createQuery("SELECT count(*) FROM glass_review WHERE closed_at IS NULL")
                .mapTo(Integer.class)
                .one());
  }

  /// {@return the open ones, oldest first, and then the newest of the others, at most `limit`}
  public List<GlassReview> list(int limit) {
    return database.read(
        tx ->
            tx.sql()
                .createQuery(
                    """
                    SELECT * FROM glass_review
                    ORDER BY CASE WHEN closed_at IS NULL THEN 0 ELSE 1 END,
                      CASE WHEN closed_at IS NULL THEN opened_at ELSE -opened_at END, approval
                    LIMIT :limit
                    """)
                .bind("limit", limit)
                .map((row, _) -> review(tx, row))
                .list());
  }

  /// {@return why this person may not close the review, as a sentence for them; empty if they may}
  public Optional<String> objection(GlassReview review, PersonId person) {
    if (review.broke().person().equals(person)) {
      return Optional.of("You broke the glass, so somebody else has to look at it.");
    }
    return reviewers
        .person(person)
        .map(known -> closers(review.request()).objection(without(known, review.broke())))
        .orElse(Optional.of("You are not known here any more."));
  }

  /// The place of whoever broke the glass is none in which to look at it.
  private static Person without(Person person, Decision broke) {
    Set<Person> others =
        person.lenders().stream()
            .filter(lender -> !lender.id().equals(broke.person()))
            .collect(Collectors.toSet());
    return person.in(others);
  }

  /// Closes a review, with what was found.
  ///
  /// @param note how the person knows; freed of control characters
  public GlassReview.Result close(ApprovalId id, PersonId person, boolean justified, String note) {
    return database.write(tx -> closeIn(tx, id, person, justified, note));
  }

  private GlassReview.Result closeIn(
      Tx tx, ApprovalId id, PersonId person, boolean justified, String note) {
    Optional<GlassReview> found =
        tx.sql()
            .createQuery("SELECT * FROM glass_review WHERE approval = :id AND closed_at IS NULL")
            .bind("id", id.value())
            .map((row, _) -> review(tx, row))
            .findOne();
    if (found.isEmpty()) {
      return GlassReview.Result.NOT_OPEN;
    }
    if (objection(found.get(), person).isPresent()) {
      return GlassReview.Result.NOT_YOURS;
    }
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    int closed =
        tx.update(
            "UPDATE glass_review SET closed_at = ?, closed_by = ?, justified = ?, note = ?"
                + " WHERE approval = ? AND closed_at IS NULL",
            now.toEpochMilli(),
            person.value(),
            justified ? 1 : 0,
            ReasonText.of(note),
            id.value());
    if (closed == 0) {
      return GlassReview.Result.NOT_OPEN;
    }
    listener.append(
        tx, new ApprovalEvent.GlassReviewed(found.get().request(), now, person, justified));
    return GlassReview.Result.CLOSED;
  }

  /// As for a review of the call, and independent of its agent even where one operator is alone.
  private static Quorum closers(ApprovalRequest request) {
    Subject.Call call = request.shown();
    return new Quorum(
        ApprovalKind.REVIEW, call.caller(), call.tool(), call.system(), false, Optional.empty());
  }

  private static GlassReview review(Tx tx, ResultSet row) throws SQLException {
    ApprovalRequest request =
        ApprovalRows.find(tx.sql(), new ApprovalId(row.getString("approval"))).orElseThrow();
    Decision broke =
        request.decisions().stream().filter(Decision::brokeGlass).findFirst().orElseThrow();
    return new GlassReview(
        request, broke, Instant.ofEpochMilli(row.getLong("opened_at")), closing(row));
  }

  private static Optional<GlassReview.Closing> closing(ResultSet row) throws SQLException {
    String by = row.getString("closed_by");
    return by == null
        ? Optional.empty()
        : Optional.of(
            new GlassReview.Closing(
                new PersonId(by),
                Instant.ofEpochMilli(row.getLong("closed_at")),
                row.getInt("justified") == 1,
                row.getString("note")));
  }
}
