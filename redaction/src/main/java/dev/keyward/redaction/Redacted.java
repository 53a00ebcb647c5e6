package dev.keyward.redaction;

import dev.keyward.redaction.rules.Found;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Proof that a value has been scrubbed: only [Redactor] makes one, and transports send nothing
/// else.
///
/// It can only be narrowed: values can go, or give way to handles; nothing else can be put into it.
public final class Redacted {
  private final JsonNode json;
  private final List<String> scrubbedAt;
  private final List<Taken> taken;

  Redacted(JsonNode json, List<String> scrubbedAt, List<Taken> taken) {
    this.json = json;
    this.scrubbedAt = List.copyOf(scrubbedAt);
    this.taken = List.copyOf(taken);
  }

  /// Something that was taken out.
  ///
  /// @param pointer where, as in [#scrubbedAt]
  /// @param found its place in the value's text, or in its key, as that was before; which rule says
  ///   so; and what it is
  /// @param inKey whether it stood in the key and not in the value
  public record Taken(String pointer, Found found, boolean inKey) {}

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

  /// A stretch of the text at `pointer`, from `from` to before `to`.
  public record Stretch(String pointer, int from, int to) {}

  /// A handle that goes into the text at `pointer`, before its character `at`.
  public record StandIn(String pointer, int at, Handle handle) {}

  /// {@return this without these stretches of its texts; a number becomes a text}
  ///
  /// @param stretches of one text in the order in which they stand, without overlap
  /// @throws IllegalArgumentException if nothing is at a pointer
  public Redacted withoutTexts(List<Stretch> stretches) {
    Map<String, List<Stretch>> byPlace = new LinkedHashMap<>();
    stretches.forEach(
        one -> byPlace.computeIfAbsent(one.pointer(), _ -> new ArrayList<>()).add(one));
    JsonNode now = byPlace.isEmpty() ? json : json.deepCopy();
    for (var place : byPlace.entrySet()) {
      now = replaced(now, place.getKey(), text -> cut(text, place.getValue()));
    }
    return new Redacted(now, scrubbedAt, taken);
  }

  /// {@return this with handles where they stand for what is not there any more}
  ///
  /// @param standIns of one text in the order in which they are to stand
  /// @throws IllegalArgumentException if nothing is at a pointer
  public Redacted withHandles(List<StandIn> standIns) {
    Map<String, List<StandIn>> byPlace = new LinkedHashMap<>();
    standIns.forEach(
        one -> byPlace.computeIfAbsent(one.pointer(), _ -> new ArrayList<>()).add(one));
    JsonNode now = byPlace.isEmpty() ? json : json.deepCopy();
    for (var place : byPlace.entrySet()) {
      now = replaced(now, place.getKey(), text -> filled(text, place.getValue()));
    }
    return new Redacted(now, scrubbedAt, taken);
  }

  /// {@return this with [Redactor#REPLACEMENT] at each of `pointers`}
  public Redacted withheldAt(Collection<String> pointers) {
    JsonNode now = pointers.isEmpty() ? json : json.deepCopy();
    for (String pointer : pointers) {
      now = replaced(now, pointer, _ -> Redactor.REPLACEMENT);
    }
    Set<String> at = new LinkedHashSet<>(scrubbedAt);
    at.addAll(pointers);
    return new Redacted(now, List.copyOf(at), taken);
  }

  /// {@return this without anything that looks like a handle: text from elsewhere may not pass for
  /// one}
  public Redacted defanged() {
    return looksLikeHandle(json) ? new Redacted(defanged(json), scrubbedAt, taken) : this;
  }

  /// {@return this with a fence around each text at `pointers`, which says that it is data from
  /// outside and speaks for nobody; what looks like a fence in it is spoilt}
  ///
  /// @throws IllegalArgumentException if nothing is at a pointer
  public Redacted fencedAt(Collection<String> pointers) {
    JsonNode now = pointers.isEmpty() ? json : json.deepCopy();
    for (String pointer : pointers) {
      now = replaced(now, pointer, Fence::around);
    }
    return new Redacted(now, scrubbedAt, taken);
  }

  private static boolean looksLikeHandle(JsonNode node) {
    if (node.isString()) {
      return Handle.isIn(node.stringValue());
    }
    if (node.isObject()) {
      for (var field : node.properties()) {
        if (Handle.isIn(field.getKey()) || looksLikeHandle(field.getValue())) {
          return true;
        }
      }
      return false;
    }
    for (JsonNode item : node) {
      if (looksLikeHandle(item)) {
        return true;
      }
    }
    return false;
  }

  private static JsonNode defanged(JsonNode node) {
    if (node.isString()) {
      return JsonNodeFactory.instance.stringNode(Handle.defanged(node.stringValue()));
    }
    if (node.isObject()) {
      ObjectNode out = JsonNodeFactory.instance.objectNode();
      node.properties()
          .forEach(field -> out.set(Handle.defanged(field.getKey()), defanged(field.getValue())));
      return out;
    }
    if (node.isArray()) {
      ArrayNode out = JsonNodeFactory.instance.arrayNode(node.size());
      node.forEach(item -> out.add(defanged(item)));
      return out;
    }
    return node;
  }

  private static String cut(String text, List<Stretch> stretches) {
    var out = new StringBuilder();
    int done = 0;
    for (Stretch one : stretches) {
      out.append(text, done, one.from());
      done = one.to();
    }
    return out.append(text, done, text.length()).toString();
  }

  private static String filled(String text, List<StandIn> standIns) {
    var out = new StringBuilder();
    int done = 0;
    for (StandIn one : standIns) {
      out.append(text, done, one.at()).append(one.handle().text());
      done = one.at();
    }
    return out.append(text, done, text.length()).toString();
  }

  private static JsonNode replaced(JsonNode root, String pointer, UnaryOperator<String> text) {
    JsonPointer at = JsonPointer.compile(pointer);
    JsonNode old = root.at(at);
    if (old.isMissingNode()) {
      throw new IllegalArgumentException("nothing is there");
    }
    JsonNode now = JsonNodeFactory.instance.stringNode(text.apply(old.asString("")));
    if (at.matches()) {
      return now;
    }
    switch (root.at(at.head())) {
      case ObjectNode object -> object.set(at.last().getMatchingProperty(), now);
      case ArrayNode array -> array.set(at.last().getMatchingIndex(), now);
      case JsonNode other ->
          throw new IllegalStateException("not a container: " + other.getNodeType());
    }
    return root;
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
