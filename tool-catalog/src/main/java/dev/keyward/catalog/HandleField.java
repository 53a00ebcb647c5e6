package dev.keyward.catalog;

import java.util.List;
import tools.jackson.databind.JsonNode;

/// A field of a result whose value the agent gets as a handle.
///
/// @param path as in a [Projection]
/// @param kind what kind of secret it is, for example `reset_link`
/// @param inQuery names of query parameters: of a URL that has one of them only their values become
///   handles; empty if the value is one as a whole
public record HandleField(String path, String kind, List<String> inQuery) {
  /// Copies the list.
  public HandleField {
    inQuery = List.copyOf(inQuery);
  }

  /// {@return JSON Pointers to where `answer`, projected, has this field}
  public List<String> placesIn(JsonNode answer) {
    return places(path, answer);
  }

  /// {@return JSON Pointers to where `answer`, projected, has the fields at `path`}
  public static List<String> places(String path, JsonNode answer) {
    return Places.of(answer, path);
  }
}
