package dev.keyward.approvals.web;

import dev.keyward.approvals.Person;
import dev.keyward.approvals.passkey.Passkey;
import dev.keyward.call.PersonId;
import java.time.Instant;
import java.util.Optional;

/// What happened to a person's account, for the audit.
public sealed interface PersonChange {
  /// A new person.
  record Added(Person person) implements PersonChange {}

  /// The person is gone, with all links and sessions.
  record Removed(PersonId person) implements PersonChange {}

  /// A one-time link was made for the person.
  record LinkMade(PersonId person) implements PersonChange {}

  /// The person used a link up and has a session.
  record SignedIn(PersonId person) implements PersonChange {}

  /// Somebody else's word on who a person is counts from now on.
  ///
  /// @param person new, unless an operator bound an old one
  record Bound(PersonId person, String issuer, String subject) implements PersonChange {}

  /// The person may do this from now on, as somebody else says.
  record RolesChanged(Person person) implements PersonChange {}

  /// The person has been identified by somebody else and has a session.
  record SignedInOutside(PersonId person) implements PersonChange {}

  /// The person's passkey answered, and they have a session.
  record SignedInWithPasskey(PersonId person) implements PersonChange {}

  /// An attempt to sign in with a passkey failed, or was of somebody who may not come in so.
  record PasskeyNotLetIn() implements PersonChange {}

  /// A reviewer's place was lent.
  ///
  /// @param byOperator whether an operator did it, rather than the lender
  /// @param insteadOf when the loan between the two would have ended that this one replaces
  record PlaceLent(Loan loan, boolean byOperator, Optional<Instant> insteadOf)
      implements PersonChange {}

  /// A place that was lent is its lender's alone again.
  ///
  /// @param by one of the two; empty where an operator did it
  record PlaceTakenBack(PersonId lender, PersonId borrower, Optional<PersonId> by)
      implements PersonChange {}

  /// A terminal that the person has let in has a session.
  record SignedInAtTerminal(PersonId person) implements PersonChange {}

  /// The person typed a code that no terminal shows.
  record TerminalUnknown(PersonId person) implements PersonChange {}

  /// Somebody whom somebody else identified may not come in.
  record OutsiderRefused() implements PersonChange {}

  /// The person approves dangerous calls with this passkey from now on.
  record PasskeyMade(PersonId person, Passkey passkey) implements PersonChange {}

  /// The person has no passkey any more.
  record PasskeyForgotten(PersonId person) implements PersonChange {}

  /// The person ended a session.
  record SignedOut(PersonId person) implements PersonChange {}

  /// A person's other sessions, or some of them, were ended.
  ///
  /// @param byOperator whether an operator did it, rather than the person
  record SessionsEnded(PersonId person, boolean byOperator) implements PersonChange {}

  /// A person is a reviewer of other requests from now on.
  record Scoped(Person person) implements PersonChange {}

  /// A person is told elsewhere from now on, or no more, that something waits for them.
  ///
  /// @param known whether there is an address now
  record AddressSet(PersonId person, boolean known) implements PersonChange {}

  /// Somebody came with a link that was used or has expired; said once of each.
  record SignInRefused() implements PersonChange {}
}
