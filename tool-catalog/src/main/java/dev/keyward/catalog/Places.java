package dev.keyward.catalog;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Finds where an answer has the field that a path of a [Projection] names.
final class Places {
  private Places() {}

  /// {@return JSON Pointers}
  static List<String> of(JsonNode answer, String path) {
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
