package dev.keyward.catalog;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// A field of a result whose value is the id of a record: an argument may demand such an id.
///
/// @param path as in a [Projection]
/// @param kind what it is the id of, for example `ticket`; one name over all systems
public record IdField(String path, String kind) {

  /// {@return the ids that `answer`, projected, shows here}
  public Set<String> idsIn(JsonNode answer) {
    Set<String> ids = new LinkedHashSet<>();
    Places.of(answer, path).forEach(at -> id(answer.at(at)).ifPresent(ids::add));
    return ids;
  }

  /// {@return the id that a value is: a text as it stands, character by character, or the digits of
  /// a whole number; so `4812` and `"4812"` are the same, and `"04812"` is another}
  static Optional<String> id(JsonNode value) {
    if (value.isString() && !value.stringValue().isEmpty()) {
      return Optional.of(value.stringValue());
    }
    return value.isIntegralNumber()
        ? Optional.of(value.bigIntegerValue().toString())
        : Optional.empty();
  }
}
