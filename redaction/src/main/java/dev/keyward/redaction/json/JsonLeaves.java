package dev.keyward.redaction.json;

import dev.keyward.redaction.exact.Effort;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The strings, keys and numbers of a JSON value, in the order in which they stand, and the rows in
/// which neighbours belong together.
///
/// Not safe for threads. The value must not change while this is in use.
public final class JsonLeaves {
  private static final int DEEPEST = 1000;
  private static final int NAMES = 256;
  private static final int LONGEST_EXPONENT = 400;
  private static final int LONGEST_NAME = 64;
  private static final int PAIR_SIZE = 8;
  private static final List<String> PAIR_NAMES =
      List.of("name", "key", "Name", "Key", "field", "id", "header", "variable", "label");
  private static final Set<String> PAIR_VALUES =
      Set.of("value", "Value", "val", "content", "defaultValue", "default", "text", "data");

  private final JsonNode root;
  private final List<JsonLeaf> leaves = new ArrayList<>();
  private final List<JsonLeaf> keys = new ArrayList<>();
  private final List<JsonLeaf> strings = new ArrayList<>();
  private final List<JsonLeaf> numbers = new ArrayList<>();
  private final List<List<JsonLeaf>> mixed = new ArrayList<>();
  private final Map<String, List<JsonLeaf>> byName = new HashMap<>();
  private long characters;

  private JsonLeaves(JsonNode root) {
    this.root = root;
  }

  /// Reads `root`.
  ///
  /// @throws Effort.Exhausted if it is deeper than 1000, or holds something that is not JSON
  public static JsonLeaves of(JsonNode root) {
    var leaves = new JsonLeaves(root);
    leaves.read(root, "", "", false, 0);
    return leaves;
  }

  /// {@return all leaves, first to last}
  public List<JsonLeaf> all() {
    return leaves;
  }

  /// {@return how many characters the leaves have}
  public long characters() {
    return characters;
  }

  /// {@return the strings, in a row}
  public List<JsonLeaf> strings() {
    return strings;
  }

  /// {@return the keys, in a row}
  public List<JsonLeaf> keys() {
    return keys;
  }

  /// {@return the numbers, in a row}
  public List<JsonLeaf> numbers() {
    return numbers;
  }

  /// {@return for each name of a field that stands in several elements of an array, its strings in
  /// a row; and arrays of both strings and numbers}
  public List<List<JsonLeaf>> others() {
    var rows = new ArrayList<>(mixed);
    rows.addAll(named());
    return rows;
  }

  private Collection<List<JsonLeaf>> named() {
    return byName.size() < 2 ? List.of() : byName.values();
  }

  /// {@return whether a leaf was replaced}
  public boolean changed() {
    return leaves.stream().anyMatch(JsonLeaf::changed);
  }

  /// {@return the value with the leaves as they are now: itself if none was replaced}
  ///
  /// @param at takes the JSON Pointer, in the new value, of each value that changed or whose key
  ///   did, and the leaf that is the value or the key
  public JsonNode rebuilt(BiConsumer<String, JsonLeaf> at) {
    return changed() ? new Rebuilding(at).value(root) : root;
  }

  private void read(JsonNode node, String name, String owner, boolean repeated, int depth) {
    if (depth > DEEPEST) {
      throw new Effort.Exhausted("depth");
    }
    switch (node.getNodeType()) {
      case OBJECT -> object(node, name, repeated, depth);
      case ARRAY -> array(node, name, owner, depth);
      case STRING -> {
        JsonLeaf leaf =
            took(JsonLeaf.value(node.stringValue(), name, owner, leaves.size()), strings);
        if (repeated && (byName.size() < NAMES || byName.containsKey(name))) {
          byName.computeIfAbsent(name, n -> new ArrayList<>()).add(leaf);
        }
      }
      case NUMBER -> took(JsonLeaf.value(digits(node), name, owner, leaves.size()), numbers);
      case BOOLEAN, NULL -> {}
      case BINARY, MISSING, POJO -> throw new Effort.Exhausted("kind of value");
    }
  }

  private void object(JsonNode object, String name, boolean repeated, int depth) {
    List<String> columns = JsonTables.columns(object);
    for (var property : object.properties()) {
      took(JsonLeaf.key(property.getKey(), leaves.size()), keys);
      if (!columns.isEmpty() && JsonTables.areRows(property.getValue(), columns.size())) {
        for (JsonNode row : property.getValue()) {
          row(row, columns, depth + 2);
        }
      } else {
        read(property.getValue(), property.getKey(), name, repeated, depth + 1);
      }
    }
    pair(object);
  }

  private void row(JsonNode row, List<String> columns, int depth) {
    for (int i = 0; i < row.size(); i++) {
      read(row.get(i), columns.get(i), "", true, depth);
    }
  }

  /// Of `{"name": "password", "value": "…"}`, the value's leaf is given the name that is meant.
  private void pair(JsonNode object) {
    if (object.size() > PAIR_SIZE || !object.isObject()) {
      return;
    }
    for (String key : PAIR_NAMES) {
      JsonNode meant = object.path(key);
      if (meant.isString() && meant.stringValue().length() <= LONGEST_NAME) {
        rename(meant.stringValue(), object.size());
        return;
      }
    }
  }

  private void rename(String meant, int within) {
    for (int i = leaves.size() - 1; i >= Math.max(0, leaves.size() - 2 * within); i--) {
      if (PAIR_VALUES.contains(leaves.get(i).name())) {
        leaves.get(i).name(meant);
      }
    }
  }

  private void array(JsonNode array, String name, String owner, int depth) {
    List<String> columns = JsonTables.heading(array);
    int first = leaves.size();
    int stringsBefore = strings.size();
    int numbersBefore = numbers.size();
    for (JsonNode element : array) {
      if (!columns.isEmpty() && leaves.size() > first) {
        row(element, columns, depth + 1);
      } else {
        read(element, name, owner, array.size() > 1 && element.isObject(), depth + 1);
      }
    }
    boolean flat = leaves.size() - first == array.size();
    if (flat && strings.size() > stringsBefore && numbers.size() > numbersBefore) {
      mixed.add(List.copyOf(leaves.subList(first, leaves.size())));
    }
  }

  private JsonLeaf took(JsonLeaf leaf, List<JsonLeaf> row) {
    leaves.add(leaf);
    row.add(leaf);
    characters += leaf.text().length();
    return leaf;
  }

  /// Without an exponent where that is short, for `8.5E3` is `8500` to a reader.
  private static String digits(JsonNode number) {
    if (number.isIntegralNumber()) {
      return number.asString();
    }
    if (number.isBigDecimal() || Double.isFinite(number.doubleValue())) {
      BigDecimal decimal = number.decimalValue();
      boolean shortEnough = Math.abs((long) decimal.scale()) < LONGEST_EXPONENT;
      return shortEnough ? decimal.toPlainString() : decimal.toString();
    }
    return number.asString();
  }

  /// Walks as [#read] does, so that leaf follows leaf. What holds no changed leaf stays as it is.
  @SuppressWarnings("ReferenceEquality") // whether it is the same one is the question
  private final class Rebuilding {
    private final BiConsumer<String, JsonLeaf> at;
    private final List<String> path = new ArrayList<>(); // what leads to the value being read
    private int next;

    Rebuilding(BiConsumer<String, JsonLeaf> at) {
      this.at = at;
    }

    JsonNode value(JsonNode node) {
      return switch (node.getNodeType()) {
        case OBJECT -> object(node);
        case ARRAY -> array(node);
        case STRING, NUMBER -> leaf(node);
        case BOOLEAN, NULL, BINARY, MISSING, POJO -> node;
      };
    }

    private JsonNode leaf(JsonNode node) {
      JsonLeaf leaf = leaves.get(next++);
      if (!leaf.changed()) {
        return node;
      }
      at.accept(pointer(), leaf);
      return JsonNodeFactory.instance.stringNode(leaf.text());
    }

    private String pointer() {
      var out = new StringBuilder();
      for (String name : path) {
        out.append('/').append(name.replace("~", "~0").replace("/", "~1"));
      }
      return out.toString();
    }

    private JsonNode array(JsonNode node) {
      var elements = new ArrayList<JsonNode>(node.size());
      boolean same = true;
      for (JsonNode element : node) {
        path.add(String.valueOf(elements.size()));
        elements.add(value(element));
        path.removeLast();
        same &= elements.getLast() == element;
      }
      return same ? node : JsonNodeFactory.instance.arrayNode(node.size()).addAll(elements);
    }

    private JsonNode object(JsonNode node) {
      ObjectNode out = null;
      for (var property : node.properties()) {
        JsonLeaf key = leaves.get(next++);
        String name = key.changed() ? unique(key.text(), node, out) : property.getKey();
        path.add(name);
        if (key.changed()) {
          at.accept(pointer(), key);
        }
        JsonNode value = value(property.getValue());
        path.removeLast();
        if (out == null && (key.changed() || value != property.getValue())) {
          out = before(property.getKey(), node);
        }
        if (out != null) {
          out.set(name, value);
        }
      }
      return out == null ? node : out;
    }

    /// {@return what stands before the first property that changed}
    private static ObjectNode before(String name, JsonNode node) {
      ObjectNode out = JsonNodeFactory.instance.objectNode();
      for (var property : node.properties()) {
        if (property.getKey().equals(name)) {
          break;
        }
        out.set(property.getKey(), property.getValue());
      }
      return out;
    }

    private static String unique(String name, JsonNode old, @Nullable ObjectNode out) {
      String free = name;
      for (int i = 2; old.has(free) || (out != null && out.has(free)); i++) {
        free = name + " " + i;
      }
      return free;
    }
  }
}
