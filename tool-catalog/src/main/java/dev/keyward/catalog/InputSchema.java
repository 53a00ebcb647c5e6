package dev.keyward.catalog;

import dev.keyward.call.Arguments;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What a tool's arguments must look like: JSON Schema 2020-12.
@SuppressWarnings("DoNotCallSuggester")
public final class InputSchema {
  InputSchema() {}

  /// {@return the schema, an object schema that refuses unknown fields; not to be changed}
  public JsonNode json() {
    throw new UnsupportedOperationException("being built");
  }

  /// {@return the first rule that `arguments` break, if any}
  public Optional<Violation> check(Arguments arguments) {
    throw new UnsupportedOperationException("being built");
  }

  /// A broken rule.
  ///
  /// @param field a JSON Pointer (RFC 6901) into the arguments, `/` for the whole
  /// @param rule which rule, in words that follow the field, without the value
  public record Violation(String field, String rule) {}
}
