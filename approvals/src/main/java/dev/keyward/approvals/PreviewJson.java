package dev.keyward.approvals;

import dev.keyward.call.CanonicalJson;
import dev.keyward.call.ToolName;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A [Preview.Read] as it is sealed and stored.
final class PreviewJson {
  private static final JsonMapper JSON = JsonMapper.shared();

  private PreviewJson() {}

  static String write(Preview.Read read) {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    new TreeSet<>(read.names()).forEach(out.putArray("names")::add);
    out.putArray("fields");
    for (Preview.Field field : read.fields()) {
      ObjectNode entry = out.withArray("fields").addObject().put("path", field.path());
      field.becomes().ifPresent(argument -> entry.put("becomes", argument));
      switch (field.value()) {
        case Preview.Value.Found(var json) -> entry.put("value", json);
        case Preview.Value.Missing() -> {}
        case Preview.Value.TooLong(var bytes) -> entry.put("bytes", bytes);
      }
    }
    return out.toString();
  }

  static Preview.Read read(ToolName tool, Instant at, String text) {
    JsonNode json = JSON.readTree(text);
    return new Preview.Read(
        tool,
        at,
        json.get("names").valueStream().map(JsonNode::stringValue).collect(Collectors.toSet()),
        json.get("fields").valueStream().map(PreviewJson::field).toList());
  }

  /// {@return those of a call's arguments on which it depends what is read, canonical}
  static String only(Set<String> names, String argumentsJson) {
    ObjectNode some = JsonNodeFactory.instance.objectNode();
    for (var argument : JSON.readTree(argumentsJson).properties()) {
      if (names.contains(argument.getKey())) {
        some.set(argument.getKey(), argument.getValue());
      }
    }
    return CanonicalJson.write(some);
  }

  private static Preview.Field field(JsonNode entry) {
    return new Preview.Field(
        entry.get("path").stringValue(),
        Optional.ofNullable(entry.get("becomes")).map(JsonNode::stringValue),
        value(entry));
  }

  private static Preview.Value value(JsonNode entry) {
    if (entry.has("bytes")) {
      return new Preview.Value.TooLong(entry.get("bytes").intValue());
    }
    return entry.has("value")
        ? new Preview.Value.Found(entry.get("value").stringValue())
        : new Preview.Value.Missing();
  }
}
