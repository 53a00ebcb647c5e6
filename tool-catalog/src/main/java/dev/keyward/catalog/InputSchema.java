package dev.keyward.catalog;

import dev.keyward.call.Arguments;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What a tool's arguments must look like: JSON Schema 2020-12. Safe for many threads.
///
/// The rule "exactly one of these" stands beside the schema and not in it, since model APIs refuse
/// tools whose schema has `oneOf` at the top.
public final class InputSchema {
  private final JsonNode declared;
  private final JsonNode listed;
  private final List<String> oneOf;
  private final SchemaCheck check;
  private final boolean demandsIds;

  /// A schema, compiled.
  ///
  /// @param json an object schema that refuses unknown fields
  /// @param oneOf names of properties of which a call must have exactly one; empty for no such rule
  /// @throws IllegalArgumentException if it is not a schema
  InputSchema(JsonNode json, List<String> oneOf) {
    this.declared = json.deepCopy();
    this.listed = HandleSchemas.listed(declared);
    this.oneOf = List.copyOf(oneOf);
    this.demandsIds = declared.toString().contains("\"" + TextRule.ID + "\"");
    this.check = new SchemaCheck(HandleSchemas.checked(declared));
  }

  /// {@return the schema as agents see it, an object schema that refuses unknown fields; not to be
  /// changed}
  public JsonNode json() {
    return listed;
  }

  /// {@return the first rule that `arguments` break, if any}
  public Optional<Violation> check(Arguments arguments) {
    return check(arguments, Set.of());
  }

  /// {@return the first rule that `arguments` break, apart from those about the values at
  /// `unknown`, where handles stand for texts that are not known yet}
  ///
  /// @param unknown JSON Pointers
  public Optional<Violation> check(Arguments arguments, Set<String> unknown) {
    Optional<SchemaCheck.Broken> broken =
        check.check(arguments.json()).filter(rule -> !unknown.contains(rule.at())).findFirst();
    if (broken.isPresent()) {
      return broken.map(InputSchema::violation);
    }
    long given = oneOf.stream().filter(arguments.json()::has).count();
    if (oneOf.isEmpty() || given == 1) {
      return Optional.empty();
    }
    return Optional.of(new Violation("/", "must have exactly one of " + String.join(", ", oneOf)));
  }

  /// Sees each text of some arguments with what its place takes, and may put another in its place.
  @FunctionalInterface
  public interface Texts {
    /// {@return what is to stand there: `text` itself, or another}
    ///
    /// @param pointer a JSON Pointer (RFC 6901) into the arguments
    String at(String pointer, TextRule rule, String text);
  }

  /// {@return `arguments` with each text as `texts` gives it back; names of fields stay}
  public JsonNode rewritten(JsonNode arguments, Texts texts) {
    return rewritten(arguments, declared, "", texts);
  }

  private static JsonNode rewritten(JsonNode value, JsonNode schema, String at, Texts texts) {
    return switch (value.getNodeType()) {
      case STRING -> {
        String text = value.stringValue();
        String now = texts.at(at, TextRule.of(schema), text);
        yield now.equals(text) ? value : JsonNodeFactory.instance.stringNode(now);
      }
      case OBJECT -> {
        ObjectNode out = JsonNodeFactory.instance.objectNode();
        for (var field : value.properties()) {
          String name = field.getKey();
          JsonNode inner = inner(schema, name);
          out.set(name, rewritten(field.getValue(), inner, Pointer.child(at, name), texts));
        }
        yield out;
      }
      case ARRAY -> {
        ArrayNode out = JsonNodeFactory.instance.arrayNode(value.size());
        for (JsonNode item : value) {
          out.add(rewritten(item, schema.path("items"), Pointer.child(at, out.size()), texts));
        }
        yield out;
      }
      case NUMBER, BOOLEAN, NULL, BINARY, MISSING, POJO -> value;
    };
  }

  /// {@return the names of the arguments}
  public Set<String> names() {
    return Set.copyOf(declared.path("properties").propertyNames());
  }

  /// {@return the ids in `arguments` that have to have been shown before}
  public List<IdUse> ids(Arguments arguments) {
    List<IdUse> ids = new ArrayList<>();
    if (demandsIds) {
      ids(arguments.json(), declared, "", ids);
    }
    return ids;
  }

  private static void ids(JsonNode value, JsonNode schema, String at, List<IdUse> ids) {
    String kind = schema.path(TextRule.ID).asString("");
    if (!kind.isEmpty() && !value.isNull()) {
      ids.add(new IdUse(at, kind, IdField.id(value).orElse("")));
    }
    for (var field : value.properties()) {
      JsonNode inner = inner(schema, field.getKey());
      ids(field.getValue(), inner, Pointer.child(at, field.getKey()), ids);
    }
    for (int i = 0; value.isArray() && i < value.size(); i++) {
      ids(value.get(i), schema.path("items"), Pointer.child(at, i), ids);
    }
  }

  private static JsonNode inner(JsonNode schema, String name) {
    JsonNode property = schema.path("properties").path(name);
    return property.isMissingNode() ? schema.path("additionalProperties") : property;
  }

  /// {@return whether some text of the arguments may be a secret of the tool's own system}
  public boolean takesOwnSecret() {
    return takesOwnSecret(declared);
  }

  private static boolean takesOwnSecret(JsonNode schema) {
    return TextRule.of(schema).ownSecret()
        || schema.path("properties").valueStream().anyMatch(InputSchema::takesOwnSecret)
        || (schema.path("items").isObject() && takesOwnSecret(schema.path("items")))
        || (schema.path("additionalProperties").isObject()
            && takesOwnSecret(schema.path("additionalProperties")));
  }

  /// {@return the schema as the catalog has it, with the format's own keywords}
  JsonNode declared() {
    return declared;
  }

  List<String> oneOf() {
    return oneOf;
  }

  /// A name that the schema does not know is the agent's own text, so it is not repeated.
  private static Violation violation(SchemaCheck.Broken broken) {
    if (broken.declared()) {
      String field = broken.pointer();
      return new Violation(field.isEmpty() ? "/" : field, broken.rule());
    }
    String at = broken.at().isEmpty() ? "/" : broken.at();
    return new Violation(at, "has a field that this tool does not take");
  }

  /// A broken rule.
  ///
  /// @param field a JSON Pointer (RFC 6901) into the arguments, `/` for the whole
  /// @param rule which rule, in words that follow the field, without the value
  public record Violation(String field, String rule) {}
}
