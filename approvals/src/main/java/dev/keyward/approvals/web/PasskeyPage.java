package dev.keyward.approvals.web;

import java.util.List;

/// What the page about a person's own passkey shows.
record PasskeyPage(Visitor.Known visitor, State state, List<Notice> notices) {
  /// How it stands.
  sealed interface State {
    /// There is one.
    record Made() implements State {}

    /// One can be made now.
    ///
    /// @param options what the browser needs for it, as JSON
    record Ready(String options) implements State {}

    /// One could be made after signing in anew.
    record Stale() implements State {}

    /// Browsers make none for the address of these pages.
    record Impossible() implements State {}
  }
}
