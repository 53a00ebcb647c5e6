package dev.keyward.approvals;

import dev.keyward.approvals.passkey.Passkey;
import dev.keyward.call.PersonId;
import java.util.Optional;

/// Who exists, and in which roles, at this moment.
///
/// Asked whenever a decision is made or used, so that the decision of somebody removed since then
/// counts no longer. Called on the database's writer thread within a transaction: it answers from
/// memory or through [dev.keyward.store.Database#read], and never writes.
@FunctionalInterface
public interface Reviewers {
  /// {@return the person, unless removed or never added}
  Optional<Person> person(PersonId id);

  /// {@return with which passkey this person signs, if they have one}
  default Optional<Passkey> passkey(PersonId id) {
    return Optional.empty();
  }
}
