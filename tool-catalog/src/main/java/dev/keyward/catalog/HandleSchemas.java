package dev.keyward.catalog;

import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Schemas as agents see them where handles stand for values, or ids must have been shown: what
/// only the value itself can fulfil is left out, and the description says what to pass.
final class HandleSchemas {
  private static final List<String> KEYWORDS =
      List.of(TextRule.WHOLE, TextRule.WITHIN, TextRule.SECRET, TextRule.ID);
  private static final List<String> OF_THE_VALUE =
      List.of("enum", "const", "pattern", "format", "default", "examples");
  private static final List<String> LENGTHS = List.of("minLength", "maxLength");

  private HandleSchemas() {}

  /// {@return `schema` without the format's own keywords, for checking values}
  static JsonNode checked(JsonNode schema) {
    JsonNode copy = schema.deepCopy();
    strip(copy, false);
    return copy;
  }

  /// {@return `schema` as agents see it}
  static JsonNode listed(JsonNode schema) {
    JsonNode copy = schema.deepCopy();
    strip(copy, true);
    return copy;
  }

  /// Lets the fields of a result schema that become handles be any text.
  static void relaxOutput(JsonNode schema, HandleField field) {
    JsonNode at = schema;
    for (String step : Projection.steps(field.path())) {
      at = step.isEmpty() ? at.path("items") : at.path("properties").path(step);
    }
    if (!(at instanceof ObjectNode property)) {
      return;
    }
    Set<String> types = Part.types(property);
    OF_THE_VALUE.forEach(property::remove);
    LENGTHS.forEach(property::remove);
    List.of("items", "properties", "required", "additionalProperties", "minimum", "maximum")
        .forEach(property::remove);
    property.set("type", types.contains("null") ? textOrNull() : text("string"));
    describe(property, "A handle of kind " + field.kind() + "; the value itself is not shown.");
  }

  private static void strip(JsonNode schema, boolean listed) {
    if (!(schema instanceof ObjectNode object)) {
      return;
    }
    TextRule rule = TextRule.of(object);
    String idOf = object.path(TextRule.ID).asString("");
    object.remove(KEYWORDS);
    if (listed && !idOf.isEmpty()) {
      describe(object, "Must be an id (" + idOf + ") that this job was given or has been shown.");
    }
    if (listed && !rule.kinds().isEmpty()) {
      OF_THE_VALUE.forEach(object::remove);
      if (!rule.within()) {
        LENGTHS.forEach(object::remove);
      }
      describe(object, words(rule));
    }
    object.path("properties").forEach(property -> strip(property, listed));
    strip(object.path("items"), listed);
    strip(object.path("additionalProperties"), listed);
  }

  private static String words(TextRule rule) {
    String kinds = String.join(", ", rule.kinds().stream().sorted().toList());
    return rule.within()
        ? "Handles (kw_h_…) of kind " + kinds + " may stand in it."
        : "Takes a handle (kw_h_…) of kind " + kinds + " as it was given.";
  }

  private static void describe(ObjectNode property, String words) {
    String description = property.path("description").asString("");
    property.put("description", description.isEmpty() ? words : description + " " + words);
  }

  private static JsonNode text(String text) {
    return JsonNodeFactory.instance.stringNode(text);
  }

  private static ArrayNode textOrNull() {
    return JsonNodeFactory.instance.arrayNode().add("string").add("null");
  }
}
