package dev.keyward.approvals.web;

import dev.keyward.approvals.Role;

/// Who looks at a page: what the frame around every page shows.
sealed interface Visitor {
  /// Somebody who has not signed in.
  record Stranger() implements Visitor {}

  /// Somebody who has.
  ///
  /// @param name the person's name
  /// @param roles what they may do here, in words
  /// @param administrator whether they may work the kill switch
  /// @param auditor whether they may read the record
  /// @param csrf the token of every form
  record Known(String name, String roles, boolean administrator, boolean auditor, String csrf)
      implements Visitor {}

  /// {@return the person of `session`}
  static Known of(Session session) {
    return new Known(
        session.person().id().value(),
        Words.roles(session.person()),
        session.person().is(Role.ADMINISTRATOR),
        session.person().is(Role.AUDITOR),
        session.csrf());
  }
}
