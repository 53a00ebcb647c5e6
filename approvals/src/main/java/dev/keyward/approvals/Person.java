package dev.keyward.approvals;

import dev.keyward.call.PersonId;
import java.util.Set;

/// Somebody who is known here, with what they may do at this moment.
public record Person(PersonId id, Set<Role> roles) {
  /// Keeps a copy of the roles.
  public Person {
    roles = Set.copyOf(roles);
  }

  /// {@return whether this person has that role}
  public boolean is(Role role) {
    return roles.contains(role);
  }
}
