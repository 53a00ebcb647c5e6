package dev.keyward.approvals.web;

import java.util.List;

/// What the page shows on which somebody breaks the glass for one request.
///
/// @param detail the request, as its own page shows it
record BreakGlassPage(DetailPage detail, State state, List<Notice> notices) {
  /// How far it has come.
  sealed interface State {
    /// The person says why.
    ///
    /// @param ticket as typed
    /// @param reason as typed
    record Asking(String ticket, String reason) implements State {}

    /// The person reads what they are about to do, and signs it.
    ///
    /// @param ticket as it will be recorded
    /// @param reason as it will be recorded
    /// @param signature what the browser needs for it
    record Signing(String ticket, String reason, DetailPage.Signature signature) implements State {}

    /// The person cannot.
    ///
    /// @param why a sentence
    record Closed(String why) implements State {}
  }
}
