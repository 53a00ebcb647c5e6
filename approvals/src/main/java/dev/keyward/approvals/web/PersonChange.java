package dev.keyward.approvals.web;

import dev.keyward.approvals.Person;
import dev.keyward.call.PersonId;

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

  /// The person ended a session.
  record SignedOut(PersonId person) implements PersonChange {}

  /// Somebody came with a link that is unknown, used or expired.
  record SignInRefused() implements PersonChange {}
}
