package dev.keyward.catalog;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// A field of a [PreviewRead]'s result that reviewers are shown.
///
/// @param path as in a [Projection]
/// @param becomes the argument that would be its next value; empty where it is shown as it is only
public record PreviewField(String path, Optional<String> becomes) {

  /// {@return the value in `answer`, projected; all of them as a list, where the path leads to
  /// several; empty where it leads to none}
  public Optional<JsonNode> in(JsonNode answer) {
    List<JsonNode> values = Places.of(answer, path).stream().map(answer::at).toList();
    if (values.size() < 2) {
      return values.stream().findFirst();
    }
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    values.forEach(all::add);
    return Optional.of(all);
  }
}
