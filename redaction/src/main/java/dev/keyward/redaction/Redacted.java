package dev.keyward.redaction;

import dev.keyward.redaction.rules.Found;
import java.util.List;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Proof that a value has been scrubbed: only [Redactor] makes one, and transports send nothing
/// else.
///
/// It can only be narrowed, by [#without] and [#withNull]; nothing can be put into it.
public final class Redacted {
  private final JsonNode json;
  private final List<String> scrubbedAt;
  private final List<Taken> taken;

  Redacted(JsonNode json, List<Taken> taken) {
    this(json, taken.stream().map(Taken::pointer).distinct().toList(), taken);
  }

  private Redacted(JsonNode json, List<String> scrubbedAt, List<Taken> taken) {
    this.json = json;
    this.scrubbedAt = scrubbedAt;
    this.taken = List.copyOf(taken);
  }

  /// Something that was taken out.
  ///
  /// @param pointer where, as in [#scrubbedAt]
  /// @param found its place in the value's text, or in its key, as that was before; which rule says
  ///   so; and what it is
  public record Taken(String pointer, Found found) {}

  /// {@return the scrubbed value, not to be changed; a text is a JSON string}
  public JsonNode json() {
    return json;
  }

  /// {@return a text as itself, anything else as JSON}
  public String text() {
    return json.isString() ? json.stringValue() : json.toString();
  }

  /// {@return JSON Pointers (RFC 6901) into [#json] of the values from which something was taken
  /// out; they keep naming those values after a narrowing}
  public List<String> scrubbedAt() {
    return scrubbedAt;
  }

  /// {@return each place that was taken out, in order, and why}
  public List<Taken> taken() {
    return taken;
  }

  /// {@return this without the member or element at `pointer`; itself if there is none, JSON null
  /// if `pointer` is the whole}
  public Redacted without(String pointer) {
    return narrowed(JsonPointer.compile(pointer), false);
  }

  /// {@return this with JSON null at `pointer`; itself if nothing is there}
  public Redacted withNull(String pointer) {
    return narrowed(JsonPointer.compile(pointer), true);
  }

  private Redacted narrowed(JsonPointer at, boolean keepPlace) {
    if (at.matches()) {
      return new Redacted(JsonNodeFactory.instance.nullNode(), scrubbedAt, taken);
    }
    if (json.at(at).isMissingNode()) {
      return this;
    }
    JsonNode copy = json.deepCopy();
    switch (copy.at(at.head())) {
      case ObjectNode object when keepPlace -> object.putNull(at.last().getMatchingProperty());
      case ObjectNode object -> object.remove(at.last().getMatchingProperty());
      case ArrayNode array when keepPlace -> array.setNull(at.last().getMatchingIndex());
      case ArrayNode array -> array.remove(at.last().getMatchingIndex());
      case JsonNode other ->
          throw new IllegalStateException("not a container: " + other.getNodeType());
    }
    return new Redacted(copy, scrubbedAt, taken);
  }
}
