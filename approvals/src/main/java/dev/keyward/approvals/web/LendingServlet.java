package dev.keyward.approvals.web;

import dev.keyward.approvals.Approvals;
import dev.keyward.approvals.Role;
import dev.keyward.approvals.passkey.Passkey;
import dev.keyward.approvals.passkey.PasskeyRefused;
import dev.keyward.call.PersonId;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;

/// `GET /lending`: to whom one has lent one's place as a reviewer, and who has lent theirs. `POST
/// /lending`: lends one's own, or ends a loan that one has given or got.
///
/// The form carries the CSRF token and `to` with `days`, or `end` or `return` with the other
/// person's name. Whoever has a passkey signs what they lend: the answer is then 200 with what they
/// would sign, and the second form carries `to`, `until` and the signature. Answers 303 to the
/// page, also where the loan had ended already; 403 where nothing was lent; 413 or 422 like any
/// form.
@SuppressWarnings("serial") // servlets are not serialized
final class LendingServlet extends SignedInServlet {
  static final String PATH = "/lending";

  private final Loans loans;
  private final Approvals approvals;
  private final Passkeys passkeys;
  private final InstantSource clock;

  LendingServlet(
      Loans loans,
      Approvals approvals,
      Passkeys passkeys,
      Sessions sessions,
      Pages pages,
      InstantSource clock) {
    super(sessions, pages);
    this.loans = loans;
    this.approvals = approvals;
    this.passkeys = passkeys;
    this.clock = clock;
  }

  @Override
  void show(Visit visit) throws IOException {
    show(visit, HttpServletResponse.SC_OK, atFirst(visit), List.of());
  }

  @Override
  void take(Visit visit, Form form) throws IOException {
    PersonId me = visit.session().person().id();
    Optional<PersonId> to = name(form, "to");
    Optional<PersonId> end = name(form, "end");
    Optional<PersonId> back = name(form, "return");
    if (to.isPresent()) {
      lend(visit, me, to.get(), form);
    } else if (end.isPresent()) {
      loans.end(me, end.get(), Optional.of(me));
      Redirect.to(visit.response(), PATH);
    } else if (back.isPresent()) {
      loans.end(back.get(), me, Optional.of(me));
      Redirect.to(visit.response(), PATH);
    } else if (form.one("to").isPresent()) {
      refuse(visit, "Nobody here has a name like that: no space, no capital letter.");
    } else {
      visit.problem(Problem.MALFORMED);
    }
  }

  private void lend(Visit visit, PersonId me, PersonId to, Form form) throws IOException {
    Optional<Loan> said = form.one("days").flatMap(days -> lasting(me, to, days));
    Optional<Loan> shown = form.one("until").flatMap(until -> until(me, to, until));
    if (shown.isPresent()) {
      lendSigned(visit, shown.get(), form.one("signature").orElse(""));
    } else if (said.isEmpty()) {
      visit.problem(Problem.MALFORMED);
    } else if (approvals.signs(me)) {
      sign(visit, said.get());
    } else {
      lend(visit, said.get(), Optional.empty());
    }
  }

  private void sign(Visit visit, Loan loan) throws IOException {
    Optional<String> objection = loans.objection(loan);
    if (objection.isPresent()) {
      refuse(visit, objection.get());
      return;
    }
    var signing =
        new LendingPage.State.Signing(
            loan.borrower().value(),
            Moment.of(loan.until(), clock.instant()),
            loans
                .until(loan.lender(), loan.borrower())
                .map(until -> Moment.of(until, clock.instant())),
            loan.until().toString(),
            passkeys.signature(loan, visit.session()));
    show(visit, HttpServletResponse.SC_OK, signing, List.of());
  }

  private void lendSigned(Visit visit, Loan loan, String signature) throws IOException {
    try {
      lend(visit, loan, Optional.of(passkeys.signed(loan, signature)));
    } catch (PasskeyRefused e) {
      refuse(visit, e.sentence());
    }
  }

  private void lend(Visit visit, Loan loan, Optional<Passkey> signedWith) throws IOException {
    Optional<String> objection = loans.lend(loan, signedWith);
    if (objection.isPresent()) {
      refuse(visit, objection.get());
    } else {
      Redirect.to(visit.response(), PATH);
    }
  }

  private void refuse(Visit visit, String why) throws IOException {
    var notice = Notice.refused("Nothing was lent", why);
    show(visit, HttpServletResponse.SC_FORBIDDEN, atFirst(visit), List.of(notice));
  }

  private static LendingPage.State atFirst(Visit visit) {
    return visit.session().person().is(Role.REVIEWER)
        ? new LendingPage.State.Asking()
        : new LendingPage.State.Closed();
  }

  private void show(Visit visit, int status, LendingPage.State state, List<Notice> notices)
      throws IOException {
    PersonId me = visit.session().person().id();
    Instant now = clock.instant();
    List<Loan> all = loans.list();
    var page =
        new LendingPage(
            Visitor.of(visit.session()),
            state,
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

  private Optional<Loan> lasting(PersonId me, PersonId to, String days) {
    return days.matches("[0-9]{1,3}")
        ? Optional.of(loans.loan(me, to, Duration.ofDays(Long.parseLong(days))))
        : Optional.empty();
  }

  private static Optional<Loan> until(PersonId me, PersonId to, String until) {
    try {
      return Optional.of(new Loan(me, to, Instant.parse(until)));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static Optional<PersonId> name(Form form, String field) {
    try {
      return form.one(field).map(String::strip).map(PersonId::new);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
