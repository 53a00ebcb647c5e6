package dev.keyward.catalog;

import java.util.ArrayList;
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
    List<String> places = new ArrayList<>();
    find(answer, Projection.steps(path), "", places);
    return places;
  }

  private static void find(JsonNode at, List<String> steps, String pointer, List<String> places) {
    if (steps.isEmpty()) {
      places.add(pointer);
      return;
    }
    List<String> rest = steps.subList(1, steps.size());
    String step = steps.getFirst();
    if (step.isEmpty() && at.isArray()) {
      for (int i = 0; i < at.size(); i++) {
        find(at.get(i), rest, Pointer.child(pointer, i), places);
      }
    } else if (!step.isEmpty() && at.has(step)) {
      find(at.get(step), rest, Pointer.child(pointer, step), places);
    }
  }
}
