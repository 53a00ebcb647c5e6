package dev.keyward.approvals.web;

import dev.keyward.approvals.Role;

/// Who looks at a page: what the frame around every page shows.
sealed interface Visitor {
  /// Somebody who has not signed in.
  record Stranger() implements Visitor {}

  /// Somebody who has.
  ///
  /// @param name the person's name
  /// @param reviewer whether they review other people's calls
  /// @param administrator whether they may work the kill switch
  /// @param csrf the token of every form
  record Known(String name, boolean reviewer, boolean administrator, String csrf)
      implements Visitor {}

  /// {@return the person of `session`}
  static Known of(Session session) {
    return new Known(
        session.person().id().value(),
        session.person().is(Role.REVIEWER),
        session.person().is(Role.ADMINISTRATOR),
        session.csrf());
  }
}
