package dev.keyward.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Which fields of an answer leave the broker: the declared ones only. Immutable.
///
/// A path names fields with dots between them and goes through a list with `[]`: `requester.name`,
/// `notes[].text`, `[].id`. A path that ends at an object or a list takes all of it. Where an
/// answer has another shape than the path says, nothing is taken; a null is kept.
public final class Projection {
  private static final Pattern SEGMENT = Pattern.compile("([^.\\[\\]\\s]*)((?:\\[])*)");
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final boolean text;
  private final List<String> result;
  private final List<String> error;
  private final List<IdField> ids;
  private final Part resultPart;
  private final Part errorPart;

  private Projection(boolean text, List<String> result, List<String> error, List<IdField> ids) {
    this.text = text;
    this.result = List.copyOf(result);
    this.error = List.copyOf(error);
    this.ids = List.copyOf(ids);
    this.resultPart = part(result);
    this.errorPart = part(error);
  }

  /// {@return the projection of JSON answers}
  ///
  /// @param result paths of a 2xx answer
  /// @param error paths of any other
  /// @throws IllegalArgumentException if a path has another shape, or repeats another
  static Projection ofJson(List<String> result, List<String> error) {
    return new Projection(false, result, error, List.of());
  }

  /// {@return the projection of answers that are text: all of it, or nothing}
  static Projection ofText(List<String> error) {
    return new Projection(true, List.of(), error, List.of());
  }

  /// {@return the same projection, which tells apart these fields of its result as ids}
  Projection withIds(List<IdField> fields) {
    return new Projection(text, result, error, fields);
  }

  /// {@return the fields of the result that are ids}
  public List<IdField> ids() {
    return ids;
  }

  /// {@return `answer` with its declared fields only, in the answer's order; what is below a path's
  /// end is shared with `answer`, which is not to be changed any more}
  ///
  /// For a tool that answers with text, `answer` is a JSON string and comes back as it is.
  public JsonNode apply(JsonNode answer) {
    if (text) {
      return answer.isString() ? answer : JSON.stringNode("");
    }
    return resultPart.take(answer).filter(taken -> !taken.isNull()).orElseGet(resultPart::nothing);
  }

  /// {@return a non-2xx `answer` with the declared error fields only}
  public JsonNode applyToError(JsonNode answer) {
    return errorPart.take(answer).filter(taken -> !taken.isNull()).orElseGet(errorPart::nothing);
  }

  List<String> result() {
    return result;
  }

  List<String> error() {
    return error;
  }

  /// {@return the steps of a path: names of fields, and empty text for each `[]`}
  ///
  /// @throws IllegalArgumentException if it has another shape
  static List<String> steps(String path) {
    List<String> steps = new ArrayList<>();
    for (String segment : path.split("\\.", -1)) {
      Matcher parts = SEGMENT.matcher(segment);
      boolean named = parts.matches() && !parts.group(1).isEmpty();
      boolean bare = parts.matches() && steps.isEmpty() && segment.startsWith("[]");
      if (!named && !bare) {
        throw new IllegalArgumentException(
            "must be field names with dots between them, with [] after a list, for example"
                + " notes[].text");
      }
      if (named) {
        steps.add(parts.group(1));
      }
      for (int i = 0; i < parts.group(2).length() / 2; i++) {
        steps.add("");
      }
    }
    return steps;
  }

  private static Part part(List<String> paths) {
    var root = new Part();
    for (String path : paths) {
      root.declare(steps(path));
    }
    return root;
  }

  /// What to take of one value: all of it, or some of its fields, or parts of its items.
  private static final class Part {
    private final Map<String, Part> children = new TreeMap<>();

    private void declare(List<String> steps) {
      if (steps.isEmpty()) {
        return;
      }
      String step = steps.getFirst();
      boolean mixed = !children.isEmpty() && children.containsKey("") != step.isEmpty();
      Part known = children.get(step);
      boolean last = steps.size() == 1;
      if (mixed || (known != null && (last || known.children.isEmpty()))) {
        throw new IllegalArgumentException("must not repeat or contradict another path");
      }
      children.computeIfAbsent(step, _ -> new Part()).declare(steps.subList(1, steps.size()));
    }

    private Optional<JsonNode> take(JsonNode value) {
      if (value.isNull()) {
        return Optional.of(value);
      }
      Part item = children.get("");
      if (item != null) {
        return value.isArray() ? Optional.of(item.takeEach(value)) : Optional.empty();
      }
      return value.isObject() ? Optional.of(takeFields(value)) : Optional.empty();
    }

    private Optional<JsonNode> takeOrAll(JsonNode value) {
      return children.isEmpty() ? Optional.of(value) : take(value);
    }

    private ArrayNode takeEach(JsonNode items) {
      ArrayNode taken = JSON.arrayNode();
      for (JsonNode item : items) {
        takeOrAll(item).ifPresent(taken::add);
      }
      return taken;
    }

    private ObjectNode takeFields(JsonNode object) {
      ObjectNode taken = JSON.objectNode();
      for (var field : object.properties()) {
        Part part = children.get(field.getKey());
        if (part != null && !field.getKey().isEmpty()) {
          part.takeOrAll(field.getValue()).ifPresent(v -> taken.set(field.getKey(), v));
        }
      }
      return taken;
    }

    private JsonNode nothing() {
      return children.containsKey("") ? JSON.arrayNode() : JSON.objectNode();
    }
  }
}
