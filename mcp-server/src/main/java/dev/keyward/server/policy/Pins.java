package dev.keyward.server.policy;

import dev.keyward.call.CanonicalJson;
import dev.keyward.catalog.InputSchema;
import dev.keyward.server.condition.Vocabulary;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// What the arguments of some calls have in common, as a condition: what was always the same stays
/// so, what was never there stays away, numbers stay between the least and the greatest, few texts
/// stay these. All else may be anything.
///
/// @param conditions in CEL; all have to hold
/// @param open the arguments that may be anything, with how many values were seen
record Pins(List<String> conditions, List<String> open) {
  /// How many different values are written out.
  static final int FEW = 5;

  private static final int LONGEST = 200;
  private static final Pattern HIDDEN = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}]");

  /// {@return what they have in common; empty if that cannot be written out}
  ///
  /// @param all the arguments of each call, objects that fit `schema`
  /// @param printable whether a value may be shown
  static Optional<Pins> of(
      InputSchema schema, Collection<JsonNode> all, Predicate<JsonNode> printable) {
    Set<String> required =
        StreamSupport.stream(schema.json().path("required").spliterator(), false)
            .map(JsonNode::stringValue)
            .collect(Collectors.toSet());
    List<String> conditions = new ArrayList<>();
    List<String> open = new ArrayList<>();
    for (String name : new TreeSet<>(schema.names())) {
      List<JsonNode> given =
          all.stream().filter(each -> each.has(name)).map(each -> each.get(name)).toList();
      var values = new TreeMap<String, JsonNode>();
      given.forEach(value -> values.put(CanonicalJson.write(value), value));
      if (given.isEmpty()) {
        conditions.add("!" + has(name));
        continue;
      }
      List<JsonNode> written = written(schema, name, values.values(), given.size());
      if (written.isEmpty()) {
        open.add(name + " (" + values.size() + " different)");
        continue;
      }
      if (!written.stream().allMatch(value -> isPlain(value) && printable.test(value))) {
        return Optional.empty();
      }
      String pinned = pinned(field(name), written);
      if (given.size() < all.size()) {
        conditions.add("(!" + has(name) + " || " + pinned + ")");
      } else {
        conditions.add(required.contains(name) ? pinned : has(name) + " && " + pinned);
      }
    }
    return Optional.of(new Pins(conditions, open));
  }

  /// The values that stand in the condition: one, some that came again and again, or the least and
  /// the greatest number; none where there are too many.
  private static List<JsonNode> written(
      InputSchema schema, String name, Collection<JsonNode> values, int given) {
    if (values.size() == 1) {
      return List.copyOf(values);
    }
    if (isNumeric(schema, name)) {
      List<JsonNode> sorted =
          values.stream().sorted(Comparator.comparingDouble(JsonNode::asDouble)).toList();
      return List.of(sorted.getFirst(), sorted.getLast());
    }
    boolean few = values.size() <= FEW && 2 * values.size() <= given;
    return few && values.stream().allMatch(JsonNode::isString) ? List.copyOf(values) : List.of();
  }

  private static boolean isNumeric(InputSchema schema, String name) {
    String type = schema.json().path("properties").path(name).path("type").asString("");
    return type.equals("number") || type.equals("integer");
  }

  private static String pinned(String field, List<JsonNode> written) {
    JsonNode first = written.getFirst();
    if (written.size() == 1) {
      return field + " == " + literal(first);
    }
    return first.isNumber()
        ? field + " >= " + literal(first) + " && " + field + " <= " + literal(written.getLast())
        : field + " in " + texts(written.stream().map(JsonNode::stringValue).toList());
  }

  /// {@return a list of texts in CEL}
  static String texts(Collection<String> texts) {
    return texts.stream().map(Pins::text).collect(Collectors.joining(", ", "[", "]"));
  }

  /// {@return a text in CEL}
  static String text(String text) {
    return JsonNodeFactory.instance.stringNode(text).toString();
  }

  /// JSON's own form is CEL's too.
  private static String literal(JsonNode value) {
    return CanonicalJson.write(value);
  }

  private static String has(String name) {
    return Vocabulary.isField(name) ? "has(args." + name + ")" : "(" + text(name) + " in args)";
  }

  private static String field(String name) {
    return Vocabulary.isField(name) ? "args." + name : "args[" + text(name) + "]";
  }

  private static boolean isPlain(JsonNode value) {
    String written = literal(value);
    return written.length() <= LONGEST && !HIDDEN.matcher(written).find();
  }
}
