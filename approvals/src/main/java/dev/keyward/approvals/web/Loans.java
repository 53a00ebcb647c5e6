package dev.keyward.approvals.web;

import dev.keyward.approvals.Person;
import dev.keyward.approvals.Role;
import dev.keyward.approvals.passkey.Passkey;
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
/// A loan ends at its time, by either of the two, by an operator, and with either of them; what
/// somebody has lent themselves also when an operator ends their sessions or has their passkey
/// forgotten. What the borrower has approved in that place and nobody has used counts no longer
/// then, not even when the place is lent to them again. Thread-safe.
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

  /// Lends for an operator, or lends for another time what is lent already.
  ///
  /// @param time from now, more than nothing and at most [#LONGEST]
  /// @return why nothing was lent, as a sentence; empty if it was
  public Optional<String> lend(PersonId lender, PersonId borrower, Duration time) {
    Loan loan = loan(lender, borrower, time);
    return database.write(
        tx -> {
          SqlPeople.lock(tx, lender.value());
          return insert(tx, loan, true);
        });
  }

  /// Lends for the lender, or lends for another time what is lent already: with their passkey, if
  /// they have one.
  ///
  /// @param signedWith the passkey that has signed this very loan; empty for none
  /// @return why nothing was lent, as a sentence; empty if it was
  Optional<String> lend(Loan loan, Optional<Passkey> signedWith) {
    return database.write(
        tx -> {
          SqlPeople.lock(tx, loan.lender().value());
          return PasskeyRows.find(tx, loan.lender()).equals(signedWith)
              ? insert(tx, loan, false)
              : Optional.of("Lend your place with your passkey.");
        });
  }

  /// {@return a loan that begins now}
  Loan loan(PersonId lender, PersonId borrower, Duration time) {
    Instant until = clock.instant().plus(time).truncatedTo(ChronoUnit.MILLIS);
    return new Loan(lender, borrower, until);
  }

  /// {@return why this cannot be lent, as a sentence; empty if it can}
  Optional<String> objection(Loan loan) {
    return database.read(tx -> objection(tx, loan, clock.instant()));
  }

  private Optional<String> insert(Tx tx, Loan loan, boolean byOperator) {
    Instant now = clock.instant();
    Optional<String> objection = objection(tx, loan, now);
    if (objection.isEmpty()) {
      Optional<Instant> before = until(tx, loan.lender(), loan.borrower(), now);
      insert(tx, loan, now, byOperator);
      listener.append(tx, new PersonChange.PlaceLent(loan, byOperator, before));
    }
    return objection;
  }

  private static Optional<Instant> until(Tx tx, PersonId lender, PersonId borrower, Instant now) {
    return tx.sql()
        .select(
            "SELECT until_at FROM review_loan WHERE lender = ? AND borrower = ? AND until_at > ?",
            lender.value(),
            borrower.value(),
            now.toEpochMilli())
        .mapTo(Long.class)
        .findFirst()
        .map(Instant::ofEpochMilli);
  }

  /// {@return until when the one has lent the other their place, if they have}
  public Optional<Instant> until(PersonId lender, PersonId borrower) {
    return database.read(tx -> until(tx, lender, borrower, clock.instant()));
  }

  private static Optional<String> objection(Tx tx, Loan loan, Instant now) {
    return loan.until().isAfter(now) && !loan.until().isAfter(now.plus(LONGEST))
        ? objection(tx, loan.lender(), loan.borrower())
        : Optional.of("A place is lent for 1 to " + LONGEST.toDays() + " days.");
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

  private static void insert(Tx tx, Loan loan, Instant now, boolean byOperator) {
    tx.update("DELETE FROM review_loan WHERE until_at <= ?", now.toEpochMilli());
    tx.update(
        "INSERT INTO review_loan (lender, borrower, since_at, until_at, by_operator)"
            + " VALUES (?, ?, ?, ?, ?)"
            + " ON CONFLICT (lender, borrower) DO UPDATE"
            + " SET until_at = excluded.until_at, by_operator = excluded.by_operator",
        loan.lender().value(),
        loan.borrower().value(),
        now.toEpochMilli(),
        loan.until().toEpochMilli(),
        byOperator ? 1 : 0);
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

  /// Ends, for an operator, what this person has lent themselves: whoever had their session may
  /// have done it.
  void endOwn(Tx tx, PersonId lender) {
    tx
        .sql()
        .createQuery(
            "DELETE FROM review_loan WHERE lender = :lender AND by_operator = 0"
                + " AND until_at > :now RETURNING borrower")
        .bind("lender", lender.value())
        .bind("now", clock.millis())
        .mapTo(String.class)
        .list()
        .stream()
        .sorted()
        .map(
            borrower ->
                new PersonChange.PlaceTakenBack(lender, new PersonId(borrower), Optional.empty()))
        .forEach(ended -> listener.append(tx, ended));
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
            "SELECT lender, since_at FROM review_loan"
                + " WHERE borrower = :borrower AND until_at > :now")
        .bind("borrower", borrower.value())
        .bind("now", clock.millis())
        .map((row, _) -> lender(tx, row))
        .list()
        .stream()
        .flatMap(Optional::stream)
        .collect(Collectors.toSet());
  }

  private static Optional<Person> lender(Tx tx, ResultSet row) throws SQLException {
    Instant since = Instant.ofEpochMilli(row.getLong("since_at"));
    return SqlPeople.find(tx, row.getString("lender")).map(person -> person.lentSince(since));
  }

  private static Loan loan(ResultSet row) throws SQLException {
    return new Loan(
        new PersonId(row.getString("lender")),
        new PersonId(row.getString("borrower")),
        Instant.ofEpochMilli(row.getLong("until_at")));
  }
}
