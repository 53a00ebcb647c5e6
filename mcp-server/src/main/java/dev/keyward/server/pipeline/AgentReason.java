package dev.keyward.server.pipeline;

import dev.keyward.approvals.Decision;
import dev.keyward.call.CallRefused;
import dev.keyward.call.Refusal;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Why an agent wants a call, as it says: people read it beside the question, as nobody's finding.
///
/// It is part of no digest and no policy rule sees it. A client sends it with the call, in `_meta`
/// under `keyward/reason`, or a model with `keyward.approval_wait`.
final class AgentReason {
  /// The key in `_meta`.
  static final String META = "keyward/reason";

  private AgentReason() {}

  /// {@return what the call brings along, if it does}
  ///
  /// @throws CallRefused if that is none
  static Optional<String> of(IncomingCall incoming) {
    return of(incoming.metadata().path("_meta").path(META), "/_meta/keyward~1reason");
  }

  /// {@return the text, if it is there}
  ///
  /// @param field its place, as a JSON Pointer
  /// @throws CallRefused if it is none
  static Optional<String> of(JsonNode given, String field) {
    if (given.isMissingNode()) {
      return Optional.empty();
    }
    return Optional.of(
        given
            .stringValueOpt()
            .filter(text -> !text.isBlank() && text.length() <= Decision.MAX_REASON)
            .orElseThrow(
                () ->
                    new CallRefused(
                        new Refusal.InvalidArguments(
                            field,
                            "must be a text of 1 to " + Decision.MAX_REASON + " characters"))));
  }
}
