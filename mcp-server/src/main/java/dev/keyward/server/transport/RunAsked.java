package dev.keyward.server.transport;

import tools.jackson.databind.JsonNode;

/// What an agent asks about runs.
public sealed interface RunAsked {
  /// A run, as it is described.
  record Open(JsonNode wanted) implements RunAsked {}

  /// An open run.
  record Show(String id) implements RunAsked {}

  /// The end of a run and of all that was opened in it.
  record End(String id) implements RunAsked {}
}
