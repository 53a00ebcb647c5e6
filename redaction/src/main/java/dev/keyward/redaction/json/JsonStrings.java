package dev.keyward.redaction.json;

import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// The strings in a text that is JSON, such as the key file of a service account.
public final class JsonStrings {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private JsonStrings() {}

  /// {@return the string values of `text` at all depths, or empty if it is no JSON object or array}
  public static Optional<List<String>> in(String text) {
    String start = text.strip();
    if (!start.startsWith("{") && !start.startsWith("[")) {
      return Optional.empty();
    }
    try {
      var leaves = JsonLeaves.of(MAPPER.readTree(text));
      return Optional.of(leaves.strings().stream().map(JsonLeaf::text).toList());
    } catch (JacksonException notJson) {
      return Optional.empty(); // its message may quote the text, so it ends here
    }
  }
}
