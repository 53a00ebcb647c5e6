package dev.keyward.redaction;

import java.util.List;
import tools.jackson.databind.JsonNode;

/// Proof that a value has been scrubbed: only [Redactor] makes one, and transports send nothing
/// else.
public final class Redacted {
  private final JsonNode json;
  private final List<String> scrubbedAt;

  Redacted(JsonNode json, List<String> scrubbedAt) {
    this.json = json;
    this.scrubbedAt = List.copyOf(scrubbedAt);
  }

  /// {@return the scrubbed value, not to be changed; a text is a JSON string}
  public JsonNode json() {
    return json;
  }

  /// {@return a text as itself, anything else as JSON}
  public String text() {
    return json.isString() ? json.stringValue() : json.toString();
  }

  /// {@return JSON Pointers (RFC 6901) of the values from which something was taken out}
  public List<String> scrubbedAt() {
    return scrubbedAt;
  }
}
