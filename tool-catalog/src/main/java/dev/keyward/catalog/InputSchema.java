package dev.keyward.catalog;

import dev.keyward.call.Arguments;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What a tool's arguments must look like: JSON Schema 2020-12. Safe for many threads.
///
/// The rule "exactly one of these" stands beside the schema and not in it, since model APIs refuse
/// tools whose schema has `oneOf` at the top.
public final class InputSchema {
  private final JsonNode json;
  private final List<String> oneOf;
  private final SchemaCheck check;

  /// A schema, compiled.
  ///
  /// @param json an object schema that refuses unknown fields
  /// @param oneOf names of properties of which a call must have exactly one; empty for no such rule
  /// @throws IllegalArgumentException if it is not a schema
  InputSchema(JsonNode json, List<String> oneOf) {
    this.json = json.deepCopy();
    this.oneOf = List.copyOf(oneOf);
    this.check = new SchemaCheck(this.json);
  }

  /// {@return the schema, an object schema that refuses unknown fields; not to be changed}
  public JsonNode json() {
    return json;
  }

  /// {@return the first rule that `arguments` break, if any}
  public Optional<Violation> check(Arguments arguments) {
    List<SchemaCheck.Broken> broken = check.check(arguments.json());
    if (!broken.isEmpty()) {
      return Optional.of(violation(broken.getFirst()));
    }
    long given = oneOf.stream().filter(arguments.json()::has).count();
    if (oneOf.isEmpty() || given == 1) {
      return Optional.empty();
    }
    return Optional.of(new Violation("/", "must have exactly one of " + String.join(", ", oneOf)));
  }

  List<String> oneOf() {
    return oneOf;
  }

  /// A name that the schema does not know is the agent's own text, so it is not repeated.
  private static Violation violation(SchemaCheck.Broken broken) {
    if (broken.declared()) {
      String field =
          broken.field().map(name -> Pointer.child(broken.at(), name)).orElse(broken.at());
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
