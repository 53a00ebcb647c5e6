package dev.keyward.approvals.web;

import dev.keyward.approvals.Person;
import dev.keyward.approvals.Role;
import dev.keyward.call.PersonId;
import dev.keyward.store.Database;
import dev.keyward.store.Tx;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Which reviewers have lent their place to whom: what they review, for some days, and never on to
/// a third person.
///
/// A loan ends at its time, by either of the two, by an operator, and with either of them; what the
/// borrower has approved in that place and nobody has used counts no longer then. Thread-safe.
public final class Loans {
  /// How long a place is lent at most.
  public static final Duration LONGEST = Duration.ofDays(14);

  private final Database database;
  private final InstantSource clock;
  private final PersonListener listener;

  Loans(Database database, InstantSource clock, PersonListener listener) {
    this.database = database;
    this.clock = clock;
    this.listener = listener;
  }

  /// Lends, or lends for another time what is lent already.
  ///
  /// @param time from now, more than nothing and at most [#LONGEST]
  /// @return why nothing was lent, as a sentence; empty if it was
  public Optional<String> lend(
      PersonId lender, PersonId borrower, Duration time, boolean byOperator) {
    if (!time.isPositive() || time.compareTo(LONGEST) > 0) {
      return Optional.of("A place is lent for 1 to " + LONGEST.toDays() + " days.");
    }
    Instant now = clock.instant();
    var loan = new Loan(lender, borrower, now.plus(time).truncatedTo(ChronoUnit.MILLIS));
    return database.write(
        tx -> {
          SqlPeople.lock(tx, lender.value());
          Optional<String> objection = objection(tx, lender, borrower);
          if (objection.isEmpty()) {
            insert(tx, loan, now);
            listener.append(tx, new PersonChange.PlaceLent(loan, byOperator));
          }
          return objection;
        });
  }

  private static Optional<String> objection(Tx tx, PersonId lender, PersonId borrower) {
    if (lender.equals(borrower)) {
      return Optional.of("Nobody lends to themselves.");
    }
    Optional<Person> from = SqlPeople.find(tx, lender.value());
    if (from.filter(person -> person.is(Role.REVIEWER) && !person.is(Role.AUDITOR)).isEmpty()) {
      return Optional.of("Only a reviewer has a place to lend.");
    }
    Optional<Person> to = SqlPeople.find(tx, borrower.value());
    if (to.isEmpty()) {
      return Optional.of("There is no person of that name.");
    }
    return to.get().is(Role.AUDITOR)
        ? Optional.of("An auditor decides on nothing, in nobody's place.")
        : Optional.empty();
  }

  private static void insert(Tx tx, Loan loan, Instant now) {
    tx.update("DELETE FROM review_loan WHERE until_at <= ?", now.toEpochMilli());
    tx.update(
        "INSERT INTO review_loan (lender, borrower, until_at) VALUES (?, ?, ?)"
            + " ON CONFLICT (lender, borrower) DO UPDATE SET until_at = excluded.until_at",
        loan.lender().value(),
        loan.borrower().value(),
        loan.until().toEpochMilli());
  }

  /// Ends a loan.
  ///
  /// @param by one of the two; empty for an operator
  /// @return whether there was one
  public boolean end(PersonId lender, PersonId borrower, Optional<PersonId> by) {
    return database.write(
        tx -> {
          int ended =
              tx.update(
                  "DELETE FROM review_loan WHERE lender = ? AND borrower = ? AND until_at > ?",
                  lender.value(),
                  borrower.value(),
                  clock.millis());
          if (ended == 1) {
            listener.append(tx, new PersonChange.PlaceTakenBack(lender, borrower, by));
          }
          return ended == 1;
        });
  }

  /// Ends all loans from and to a person.
  static void endAll(Tx tx, PersonId person) {
    tx.update(
        "DELETE FROM review_loan WHERE lender = ? OR borrower = ?", person.value(), person.value());
  }

  /// {@return the loans that are in force, by names}
  public List<Loan> list() {
    return database.read(
        tx ->
            tx.sql()
                .createQuery(
                    "SELECT * FROM review_loan WHERE until_at > :now ORDER BY lender, borrower")
                .bind("now", clock.millis())
                .map((row, _) -> loan(row))
                .list());
  }

  /// {@return who has lent this person their place, each as known at this moment}
  Set<Person> lenders(Tx tx, PersonId borrower) {
    return tx
        .sql()
        .createQuery(
            "SELECT lender FROM review_loan WHERE borrower = :borrower AND until_at > :now")
        .bind("borrower", borrower.value())
        .bind("now", clock.millis())
        .mapTo(String.class)
        .list()
        .stream()
        .flatMap(lender -> SqlPeople.find(tx, lender).stream())
        .collect(Collectors.toSet());
  }

  private static Loan loan(ResultSet row) throws SQLException {
    return new Loan(
        new PersonId(row.getString("lender")),
        new PersonId(row.getString("borrower")),
        Instant.ofEpochMilli(row.getLong("until_at")));
  }
}
