package dev.keyward.server.condition;

import dev.cel.common.values.NullValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// JSON as conditions see it.
///
/// There is one kind of number as far as that goes: `50` and `50.0` are the same integer, as they
/// are the same call, and compare with fractions by what they are worth.
public final class JsonValue {
  private static final double EXACT = 0x1p53;

  private JsonValue() {}

  /// {@return the value as a condition reads it}
  public static Object of(JsonNode json) {
    return switch (json.getNodeType()) {
      case OBJECT -> object(json);
      case ARRAY -> array(json);
      case NUMBER -> number(json);
      case BOOLEAN -> json.booleanValue();
      case STRING -> json.stringValue();
      default -> NullValue.NULL_VALUE;
    };
  }

  private static Object number(JsonNode json) {
    double value = json.asDouble();
    boolean whole = value == Math.rint(value) && Math.abs(value) <= EXACT;
    return whole ? (Object) (long) value : (Object) value;
  }

  private static Map<String, Object> object(JsonNode json) {
    Map<String, Object> fields = LinkedHashMap.newLinkedHashMap(json.size());
    json.properties().forEach(field -> fields.put(field.getKey(), of(field.getValue())));
    return fields;
  }

  private static List<Object> array(JsonNode json) {
    List<Object> items = new ArrayList<>(json.size());
    json.forEach(item -> items.add(of(item)));
    return items;
  }
}
