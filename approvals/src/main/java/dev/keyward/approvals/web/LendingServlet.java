package dev.keyward.approvals.web;

import dev.keyward.approvals.Role;
import dev.keyward.call.PersonId;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// `GET /lending`: to whom one has lent one's place as a reviewer, and who has lent theirs. `POST
/// /lending`: lends one's own, or ends a loan that one has given or got.
///
/// The form carries the CSRF token and `to` with `days`, or `end` or `return` with the other
/// person's name. Answers 303 to the page, also where the loan had ended already; 403 where nothing
/// was lent; 413 or 422 like any form.
@SuppressWarnings("serial") // servlets are not serialized
final class LendingServlet extends SignedInServlet {
  static final String PATH = "/lending";

  private final Loans loans;
  private final InstantSource clock;

  LendingServlet(Loans loans, Sessions sessions, Pages pages, InstantSource clock) {
    super(sessions, pages);
    this.loans = loans;
    this.clock = clock;
  }

  @Override
  void show(Visit visit) throws IOException {
    show(visit, HttpServletResponse.SC_OK, List.of());
  }

  @Override
  void take(Visit visit, Form form) throws IOException {
    PersonId me = visit.session().person().id();
    Optional<PersonId> to = name(form, "to");
    Optional<PersonId> end = name(form, "end");
    Optional<PersonId> back = name(form, "return");
    if (to.isPresent()) {
      lend(visit, me, to.get(), form.one("days").orElse(""));
    } else if (end.isPresent()) {
      loans.end(me, end.get(), Optional.of(me));
      Redirect.to(visit.response(), PATH);
    } else if (back.isPresent()) {
      loans.end(back.get(), me, Optional.of(me));
      Redirect.to(visit.response(), PATH);
    } else {
      visit.problem(Problem.MALFORMED);
    }
  }

  private void lend(Visit visit, PersonId me, PersonId to, String days) throws IOException {
    if (!days.matches("[0-9]{1,3}")) {
      visit.problem(Problem.MALFORMED);
      return;
    }
    Optional<String> objection = loans.lend(me, to, Duration.ofDays(Long.parseLong(days)), false);
    if (objection.isPresent()) {
      var notice = Notice.refused("Nothing was lent", objection.get());
      show(visit, HttpServletResponse.SC_FORBIDDEN, List.of(notice));
    } else {
      Redirect.to(visit.response(), PATH);
    }
  }

  private void show(Visit visit, int status, List<Notice> notices) throws IOException {
    PersonId me = visit.session().person().id();
    Instant now = clock.instant();
    List<Loan> all = loans.list();
    var page =
        new LendingPage(
            Visitor.of(visit.session()),
            visit.session().person().is(Role.REVIEWER),
            all.stream()
                .filter(loan -> loan.lender().equals(me))
                .map(loan -> row(loan.borrower(), loan, now))
                .toList(),
            all.stream()
                .filter(loan -> loan.borrower().equals(me))
                .map(loan -> row(loan.lender(), loan, now))
                .toList(),
            notices);
    visit.pages().lending(visit.response(), status, page);
  }

  private static LendingPage.Row row(PersonId other, Loan loan, Instant now) {
    return new LendingPage.Row(other.value(), Moment.of(loan.until(), now));
  }

  private static Optional<PersonId> name(Form form, String field) {
    try {
      return form.one(field).map(String::strip).map(PersonId::new);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
