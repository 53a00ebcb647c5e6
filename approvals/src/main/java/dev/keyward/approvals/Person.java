package dev.keyward.approvals;

import dev.keyward.call.PersonId;
import dev.keyward.call.ToolName;
import java.util.Set;

/// Somebody who is known here, with what they may do at this moment.
///
/// @param scope of which requests they are a reviewer, where they are one
public record Person(PersonId id, Set<Role> roles, ReviewScope scope) {
  /// Keeps a copy of the roles.
  public Person {
    roles = Set.copyOf(roles);
  }

  /// Somebody whose roles are not narrowed.
  public Person(PersonId id, Set<Role> roles) {
    this(id, roles, ReviewScope.ALL);
  }

  /// {@return whether this person has that role}
  public boolean is(Role role) {
    return roles.contains(role);
  }

  /// {@return whether this person may see such calls, whoever they are for}
  public boolean sees(ToolName tool, String system, String workspace) {
    return seesAll() || (is(Role.REVIEWER) && scope.covers(tool, system, workspace));
  }

  /// {@return whether no request is hidden from this person}
  public boolean seesAll() {
    return is(Role.VIEWER)
        || is(Role.AUDITOR)
        || is(Role.BREAK_GLASS)
        || (is(Role.REVIEWER) && scope.isAll());
  }
}
