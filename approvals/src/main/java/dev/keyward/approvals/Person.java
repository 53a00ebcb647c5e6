package dev.keyward.approvals;

import dev.keyward.call.PersonId;
import dev.keyward.call.ToolName;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Somebody who is known here, with what they may do at this moment.
///
/// @param scope of which requests they are a reviewer, where they are one
/// @param lenders reviewers who have lent them their place for now, each as known at this moment;
///   what was lent to those is not passed on
/// @param since when they were added, of a lender when the loan began if that is later: what was
///   said under the name, or in the place, before then is not theirs
public record Person(
    PersonId id, Set<Role> roles, ReviewScope scope, Set<Person> lenders, Instant since) {
  /// Keeps copies of the sets.
  public Person {
    roles = Set.copyOf(roles);
    lenders = Set.copyOf(lenders);
  }

  /// Somebody to whom nobody has lent anything, and who has always been here.
  public Person(PersonId id, Set<Role> roles, ReviewScope scope) {
    this(id, roles, scope, Set.of(), Instant.EPOCH);
  }

  /// {@return the same person with these places lent to them}
  public Person in(Set<Person> places) {
    return new Person(id, roles, scope, places, since);
  }

  /// {@return the same person as one whose place is lent since then}
  public Person lentSince(Instant begun) {
    return new Person(id, roles, scope, lenders, begun.isAfter(since) ? begun : since);
  }

  /// {@return the same person with only those of the places that had been lent to them by then}
  Person asOf(Instant moment) {
    return in(
        lenders.stream()
            .filter(lender -> !lender.since().isAfter(moment))
            .collect(Collectors.toSet()));
  }

  /// Somebody whose roles are not narrowed.
  public Person(PersonId id, Set<Role> roles) {
    this(id, roles, ReviewScope.ALL);
  }

  /// {@return the same person in these roles}
  public Person as(Set<Role> others) {
    return new Person(id, others, scope, lenders, since);
  }

  /// {@return whether this person has that role}
  public boolean is(Role role) {
    return roles.contains(role);
  }

  /// {@return whether this person may see such calls, whoever they are for}
  public boolean sees(ToolName tool, String system, String workspace) {
    return seesAll() || reviews().anyMatch(some -> some.covers(tool, system, workspace));
  }

  /// {@return whether no request is hidden from this person}
  public boolean seesAll() {
    return is(Role.VIEWER)
        || is(Role.AUDITOR)
        || is(Role.BREAK_GLASS)
        || reviews().anyMatch(ReviewScope::isAll);
  }

  /// {@return what this person reviews: in their own place, and in those lent to them}
  Stream<ReviewScope> reviews() {
    return Stream.concat(Stream.of(this), lenders.stream())
        .filter(person -> person.is(Role.REVIEWER))
        .map(Person::scope);
  }
}
