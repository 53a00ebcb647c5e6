package dev.keyward.catalog;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.path.PathType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// Checks values against one JSON Schema (2020-12), in words that never hold the value.
///
/// Each instance has a validator of its own: nothing is shared or cached between schemas, and a
/// reference out of the schema is never loaded. Safe for many threads.
public final class SchemaCheck {
  private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z_$][A-Za-z0-9_.$-]{0,31}");
  private static final Set<String> SAYS_NOTHING =
      Set.of("type", "description", "title", "examples", "$ref");

  private final JsonNode json;
  private final Schema schema;

  /// Compiles a schema.
  ///
  /// @throws IllegalArgumentException if it is not a schema, or refers to another document
  public SchemaCheck(JsonNode json) {
    refuseReferences(json);
    this.json = json;
    var config =
        SchemaRegistryConfig.builder()
            .pathType(PathType.JSON_POINTER)
            .formatAssertionsEnabled(true)
            .regularExpressionFactory(BoundedPattern::new)
            .preloadSchema(true)
            .build();
    var registry =
        SchemaRegistry.withDialect(
            Dialects.getDraft202012(),
            builder ->
                builder
                    .schemaRegistryConfig(config)
                    .schemaCacheEnabled(false)
                    .schemaLoader(loader -> loader.block(iri -> true)));
    this.schema = compile(registry, json);
  }

  /// A broken rule.
  ///
  /// @param at JSON Pointer of the value that breaks it
  /// @param field the name of a field that is missing or not declared, where the rule is about one
  ///   whose name is a plain word
  /// @param declared whether the schema knows the name; one that it does not know is the caller's
  ///   own text
  /// @param rule words that follow the field
  public record Broken(String at, Optional<String> field, boolean declared, String rule) {
    /// {@return JSON Pointer of the field that the rule is about}
    public String pointer() {
      return field.map(name -> Pointer.child(at, name)).orElse(at);
    }
  }

  /// {@return every rule that `value` breaks, each put into words when it is asked for}
  public Stream<Broken> check(JsonNode value) {
    return schema.validate(value).stream().map(this::broken);
  }

  private static Schema compile(SchemaRegistry registry, JsonNode json) {
    try {
      return registry.getSchema(json);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("must be a JSON Schema of the 2020-12 dialect", e);
    }
  }

  private static void refuseReferences(JsonNode node) {
    for (String keyword : List.of("$ref", "$dynamicRef")) {
      JsonNode reference = node.path(keyword);
      if (reference.isString() && !reference.stringValue().startsWith("#")) {
        throw new IllegalArgumentException("must not refer to another document");
      }
    }
    for (JsonNode child : node) {
      refuseReferences(child);
    }
  }

  private Broken broken(Error error) {
    String at = error.getInstanceLocation().toString();
    return switch (error.getKeyword()) {
      case "required", "dependentRequired" ->
          new Broken(at, Optional.ofNullable(error.getProperty()), true, "is required");
      case "additionalProperties", "unevaluatedProperties" ->
          ofName(error, "is not a field that is known here" + known(error));
      case "propertyNames" ->
          ofName(error, "is not a name that is allowed here" + rules(error.getSchemaNode()));
      default ->
          new Broken(
              at,
              Optional.empty(),
              true,
              words(error.getKeyword(), error.getSchemaNode()) + form(error));
    };
  }

  /// What a text has to look like where there is none.
  private String form(Error error) {
    boolean text =
        error.getKeyword().equals("type") && text(error.getSchemaNode()).equals("string");
    if (!text) {
      return "";
    }
    JsonNode pattern = around(error).path("pattern");
    return pattern.isString() ? ", and " + words("pattern", pattern) : "";
  }

  /// {@return the schema that the broken rule is one of}
  private JsonNode around(Error error) {
    String rule = error.getSchemaLocation().getFragment().toString();
    return json.at(rule.substring(0, Math.max(0, rule.lastIndexOf('/'))));
  }

  /// A name that is no plain and short word may be anything, most keys too if one was pasted there,
  /// so its place is told in its stead.
  private static Broken ofName(Error error, String rule) {
    String at = error.getInstanceLocation().toString();
    String name = error.getProperty();
    if (PLAIN_NAME.matcher(name).matches()) {
      return new Broken(at, Optional.of(name), false, rule);
    }
    int place = List.copyOf(error.getInstanceNode().propertyNames()).indexOf(name) + 1;
    return new Broken(
        at, Optional.empty(), false, "has as field number " + place + " what " + rule);
  }

  /// What may stand where a field is not known.
  private String known(Error error) {
    var names = around(error).path("properties").propertyNames();
    return names.isEmpty() ? "" : "; known are " + String.join(", ", names);
  }

  private String rules(JsonNode ofNames) {
    String reference = ofNames.path("$ref").asString("");
    JsonNode rules = reference.startsWith("#/") ? json.at(reference.substring(1)) : ofNames;
    String words =
        rules.properties().stream()
            .filter(rule -> !SAYS_NOTHING.contains(rule.getKey()))
            .map(rule -> words(rule.getKey(), rule.getValue()))
            .collect(Collectors.joining(" and "));
    return words.isEmpty() ? "" : "; it " + words;
  }

  private static String words(String keyword, JsonNode limit) {
    return switch (keyword) {
      case "type" -> "must be " + types(limit);
      case "enum" -> "must be one of " + list(limit);
      case "const" -> "must be " + text(limit);
      case "pattern" -> "must match the pattern " + text(limit);
      case "format" -> "must be a valid " + text(limit);
      case "minLength" -> "must have at least " + text(limit) + " characters";
      case "maxLength" -> "must have at most " + text(limit) + " characters";
      case "minimum" -> "must be at least " + text(limit);
      case "maximum" -> "must be at most " + text(limit);
      case "exclusiveMinimum" -> "must be more than " + text(limit);
      case "exclusiveMaximum" -> "must be less than " + text(limit);
      case "multipleOf" -> "must be a multiple of " + text(limit);
      case "minItems" -> "must have at least " + text(limit) + " items";
      case "maxItems" -> "must have at most " + text(limit) + " items";
      case "uniqueItems" -> "must not have the same item twice";
      case "minProperties" -> "must have at least " + text(limit) + " fields";
      case "maxProperties" -> "must have at most " + text(limit) + " fields";
      default -> "breaks the rule " + keyword + " of its schema";
    };
  }

  private static String types(JsonNode type) {
    List<String> words = new ArrayList<>();
    for (JsonNode one : type.isArray() ? type : List.of(type)) {
      words.add(
          switch (text(one)) {
            case "string" -> "text";
            case "integer" -> "a whole number";
            case "number" -> "a number";
            case "boolean" -> "true or false";
            case "array" -> "a list";
            case "null" -> "null";
            default -> "an object";
          });
    }
    return String.join(" or ", words);
  }

  private static String list(JsonNode values) {
    List<String> words = new ArrayList<>();
    values.forEach(value -> words.add(text(value)));
    return String.join(", ", words);
  }

  private static String text(JsonNode node) {
    return node.isString() ? node.stringValue() : node.toString();
  }
}
