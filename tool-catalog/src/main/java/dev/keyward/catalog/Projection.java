package dev.keyward.catalog;

import tools.jackson.databind.JsonNode;

/// Which fields of an answer leave the broker: the declared ones only.
@SuppressWarnings("DoNotCallSuggester")
public final class Projection {
  Projection() {}

  /// {@return a copy of `answer` with its declared fields only, in the answer's order}
  public JsonNode apply(JsonNode answer) {
    throw new UnsupportedOperationException("being built");
  }

  /// {@return a copy of a non-2xx `answer` with the declared error fields only}
  public JsonNode applyToError(JsonNode answer) {
    throw new UnsupportedOperationException("being built");
  }
}
