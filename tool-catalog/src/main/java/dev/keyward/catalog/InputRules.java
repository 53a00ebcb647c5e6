package dev.keyward.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Makes the full JSON Schema of a tool's arguments or result from what a catalog file says.
///
/// Objects of the input are closed: what is not declared is refused, at every depth.
final class InputRules {
  private final Problems problems;

  InputRules(Problems problems) {
    this.problems = problems;
  }

  /// {@return the schema of the arguments; of no arguments where the file declares none}
  ObjectNode input(Part input) {
    ObjectNode schema = object(input);
    schema.put("additionalProperties", false);
    checkRequired(input);
    for (Part property : input.get("properties").fields()) {
      checkClosed(property);
      close(schema.get("properties").get(name(property)));
    }
    for (Part name : input.get("exactly_one_of").items()) {
      if (!input.get("properties").json().has(name.text())) {
        problems.add(name.at(), "must be the name of a declared argument");
      }
      if (input.get("required").texts().contains(name.text())) {
        problems.add(name.at(), "must be an argument that is not required");
      }
    }
    return schema;
  }

  /// {@return the schema of the result}
  ObjectNode output(Part output) {
    checkRequired(output);
    output.get("properties").fields().forEach(this::checkInner);
    return object(output);
  }

  private static ObjectNode object(Part part) {
    ObjectNode schema = JsonNodeFactory.instance.objectNode();
    schema.put("type", "object");
    JsonNode properties = part.get("properties").json();
    schema.set(
        "properties",
        properties.isObject() ? properties.deepCopy() : JsonNodeFactory.instance.objectNode());
    JsonNode required = part.get("required").json();
    if (!required.isEmpty()) {
      schema.set("required", required.deepCopy());
    }
    return schema;
  }

  private void checkRequired(Part object) {
    for (Part name : object.get("required").items()) {
      if (!object.get("properties").json().has(name.text())) {
        problems.add(name.at(), "must be the name of a declared property");
      }
    }
  }

  /// Everything that an output property must fulfil, too.
  private void checkInner(Part property) {
    checkRequired(property);
    for (String keyword : List.of(TextRule.WHOLE, TextRule.WITHIN, TextRule.SECRET, TextRule.ID)) {
      if (property.get(keyword).present()) {
        problems.add(property.get(keyword).at(), "must stand only at arguments; see result");
      }
    }
    inner(property).forEach(this::checkInner);
  }

  private void checkClosed(Part property) {
    checkRequired(property);
    Set<String> types = Part.types(property.json());
    boolean open =
        !property.json().has("properties")
            && !property.json().path("additionalProperties").isObject();
    if (types.contains("object") && open) {
      problems.add(
          property.at(), "must say what it holds: properties, or a schema as additionalProperties");
    }
    if (types.contains("array") && !property.json().has("items")) {
      problems.add(property.at(), "must say what it holds: a schema as items");
    }
    checkText(property, types);
    inner(property).forEach(this::checkClosed);
  }

  /// Handles and secrets stand for texts only.
  private void checkText(Part property, Set<String> types) {
    boolean text = Set.of("string", "null").containsAll(types);
    for (String keyword : List.of(TextRule.WHOLE, TextRule.WITHIN, TextRule.SECRET)) {
      if (property.get(keyword).present() && !text) {
        problems.add(property.get(keyword).at(), "must stand only at arguments of type string");
      }
    }
    checkId(property, types);
    if (property.get(TextRule.WHOLE).present() && property.get(TextRule.WITHIN).present()) {
      problems.add(property.get(TextRule.WITHIN).at(), "must not stand beside handle");
    }
  }

  private void checkId(Part property, Set<String> types) {
    Part id = property.get(TextRule.ID);
    if (!id.present()) {
      return;
    }
    if (!Set.of("string", "integer", "null").containsAll(types)) {
      problems.add(id.at(), "must stand only at arguments of type string or integer");
    }
    if (property.get(TextRule.WHOLE).present() || property.get(TextRule.WITHIN).present()) {
      problems.add(id.at(), "must not stand beside handle");
    }
  }

  private static List<Part> inner(Part property) {
    var inner = new ArrayList<>(property.get("properties").fields());
    for (Part one : List.of(property.get("items"), property.get("additionalProperties"))) {
      if (one.json().isObject()) {
        inner.add(one);
      }
    }
    return inner;
  }

  private static void close(JsonNode property) {
    if (!(property instanceof ObjectNode schema)) {
      return;
    }
    if (Part.types(schema).contains("object") && !schema.has("additionalProperties")) {
      schema.put("additionalProperties", false);
    }
    schema.path("properties").forEach(InputRules::close);
    close(schema.path("items"));
    close(schema.path("additionalProperties"));
  }

  private static String name(Part property) {
    String last = property.at().substring(property.at().lastIndexOf('/') + 1);
    return last.replace("~1", "/").replace("~0", "~");
  }

  /// {@return the names in `required`}
  static List<String> required(JsonNode schema) {
    JsonNode required = schema.path("required");
    return required instanceof ArrayNode names
        ? names.valueStream().map(JsonNode::stringValue).toList()
        : List.of();
  }
}
