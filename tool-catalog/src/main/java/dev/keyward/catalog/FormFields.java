package dev.keyward.catalog;

import dev.keyward.call.Arguments;
import dev.keyward.call.CallRefused;
import dev.keyward.call.CanonicalJson;
import dev.keyward.call.Refusal;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Writes fields as `name=value` pairs joined by `&`: a query, or a body of type
/// `application/x-www-form-urlencoded`.
///
/// A list repeats its name (write the name as `expand[]` where the system wants that); an object
/// becomes `name[key]=value` for each key, one level deep. Names and values are percent-encoded as
/// a whole, so neither can begin another field.
final class FormFields {
  private final List<String> pairs = new ArrayList<>();

  private FormFields() {}

  /// {@return the fields that these arguments give; empty text if there is none}
  ///
  /// @throws CallRefused with `InvalidArguments` if a value has no such form
  static String write(List<RequestField> fields, Arguments arguments) {
    var form = new FormFields();
    for (RequestField field : fields) {
      form.add(field, field.value(arguments));
    }
    return String.join("&", form.pairs);
  }

  private void add(RequestField field, JsonNode value) {
    switch (value.getNodeType()) {
      case MISSING, NULL -> {}
      case ARRAY -> value.forEach(item -> add(field, field.name(), item));
      case OBJECT -> {
        for (var entry : value.properties()) {
          checkKey(field, entry.getKey());
          add(field, field.name() + "[" + entry.getKey() + "]", entry.getValue());
        }
      }
      case STRING, NUMBER, BOOLEAN -> add(field, field.name(), value);
      case BINARY, POJO -> throw refused(field, "must be JSON");
    }
  }

  private void add(RequestField field, String name, JsonNode value) {
    String text =
        switch (value.getNodeType()) {
          case STRING -> value.stringValue();
          case NUMBER, BOOLEAN -> CanonicalJson.write(value);
          case ARRAY, OBJECT, NULL, MISSING, BINARY, POJO ->
              throw refused(field, "must hold only text, numbers, true and false");
        };
    pairs.add(Percent.encode(name) + "=" + Percent.encode(text));
  }

  private static void checkKey(RequestField field, String key) {
    boolean plain =
        !key.isEmpty()
            && key.chars().noneMatch(c -> c == '[' || c == ']' || Character.isISOControl(c));
    if (!plain) {
      throw refused(field, "must have keys that are not empty and hold no brackets");
    }
  }

  private static CallRefused refused(RequestField field, String rule) {
    return new CallRefused(new Refusal.InvalidArguments(field.pointer(), rule));
  }
}
