package dev.keyward.server.cli;

import java.util.Collection;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The arguments of a command on their way to the broker; what is absent is left out.
final class Arguments {
  private final ObjectNode json = JsonNodeFactory.instance.objectNode();

  Arguments with(String field, @Nullable String value) {
    if (value != null) {
      json.put(field, value);
    }
    return this;
  }

  Arguments with(String field, int value) {
    json.put(field, value);
    return this;
  }

  Arguments with(String field, boolean value) {
    json.put(field, value);
    return this;
  }

  Arguments with(String field, Collection<String> values) {
    ArrayNode list = json.putArray(field);
    values.forEach(list::add);
    return this;
  }

  ObjectNode json() {
    return json;
  }
}
