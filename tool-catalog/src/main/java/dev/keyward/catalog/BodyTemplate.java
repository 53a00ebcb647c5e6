package dev.keyward.catalog;

import dev.keyward.call.Arguments;
import dev.keyward.call.CanonicalJson;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The body of a request before its arguments are known.
///
/// @param kind how it is written
/// @param fields what stands in it; in JSON a dotted name is a field within a field
record BodyTemplate(Kind kind, List<RequestField> fields) {
  enum Kind {
    JSON,
    FORM
  }

  BodyTemplate {
    fields = List.copyOf(fields);
  }

  /// {@return the body for these arguments}
  ///
  /// @throws dev.keyward.call.CallRefused with `InvalidArguments` if a value has no such form
  RequestBody render(Arguments arguments) {
    return switch (kind) {
      case JSON -> new RequestBody("application/json", json(arguments));
      case FORM ->
          new RequestBody("application/x-www-form-urlencoded", FormFields.write(fields, arguments));
    };
  }

  /// The canonical form: what is sent is exactly what the call digest was taken over.
  private String json(Arguments arguments) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    for (RequestField field : fields) {
      JsonNode value = field.value(arguments);
      if (!value.isMissingNode()) {
        put(root, field.name(), value);
      }
    }
    return CanonicalJson.write(root);
  }

  private static void put(ObjectNode root, String name, JsonNode value) {
    ObjectNode at = root;
    String[] parts = name.split("\\.", -1);
    for (int i = 0; i < parts.length - 1; i++) {
      at = at.withObjectProperty(parts[i]);
    }
    at.set(parts[parts.length - 1], value);
  }
}
