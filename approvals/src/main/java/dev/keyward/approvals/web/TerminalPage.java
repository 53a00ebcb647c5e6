package dev.keyward.approvals.web;

import java.util.List;

/// What the page shows on which a person lets a terminal in.
record TerminalPage(Visitor.Known visitor, State state, List<Notice> notices) {
  /// How far it has come.
  sealed interface State {
    /// The person types the code that their terminal shows.
    record Asking() implements State {}

    /// The person reads whom they would let in.
    ///
    /// @param code as typed
    /// @param client what it calls itself, in its own words
    /// @param host where it says that it runs
    /// @param address from where it came, as this broker sees it
    record Found(String code, List<Piece> client, List<Piece> host, String address, Moment asked)
        implements State {}

    /// It is answered.
    record Answered() implements State {}
  }
}
