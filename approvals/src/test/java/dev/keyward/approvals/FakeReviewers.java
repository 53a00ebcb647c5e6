package dev.keyward.approvals;

import dev.keyward.approvals.passkey.Passkey;
import dev.keyward.call.PersonId;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// People as a map.
final class FakeReviewers implements Reviewers {
  private final Map<PersonId, Person> people = new ConcurrentHashMap<>();
  private final Map<PersonId, Passkey> passkeys = new ConcurrentHashMap<>();

  Person add(String name, Role... roles) {
    return add(name, ReviewScope.ALL, roles);
  }

  /// In the place of whoever had the name.
  Person add(String name, ReviewScope scope, Role... roles) {
    var person = new Person(new PersonId(name), Set.of(roles), scope);
    people.put(person.id(), person);
    return person;
  }

  /// The person with these places lent to them, and no others.
  Person lend(Person borrower, Person... lenders) {
    Person person = borrower.in(Set.of(lenders));
    people.put(person.id(), person);
    return person;
  }

  void passkey(Person person, Passkey passkey) {
    passkeys.put(person.id(), passkey);
  }

  void remove(Person person) {
    people.remove(person.id());
  }

  @Override
  public Optional<Person> person(PersonId id) {
    return Optional.ofNullable(people.get(id));
  }

  @Override
  public Optional<Passkey> passkey(PersonId id) {
    return Optional.ofNullable(passkeys.get(id));
  }
}
