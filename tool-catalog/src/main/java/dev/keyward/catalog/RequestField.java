package dev.keyward.catalog;

import dev.keyward.call.Arguments;
import tools.jackson.databind.JsonNode;

/// One field of a request: a query parameter, or a field of a body.
///
/// @param name its name upstream, not yet encoded
/// @param source where its value comes from
record RequestField(String name, Source source) {

  /// Where a value comes from.
  sealed interface Source {
    /// An argument of the call; the field is left out where the argument is.
    record Argument(String name) implements Source {}

    /// The catalog itself: text, a number, true or false.
    record Fixed(JsonNode value) implements Source {}
  }

  /// {@return the value for these arguments; a missing node where it is left out}
  JsonNode value(Arguments arguments) {
    return switch (source) {
      case Source.Argument(var argument) -> arguments.json().path(argument);
      case Source.Fixed(var value) -> value;
    };
  }

  /// {@return a JSON Pointer to the argument that a refusal is about}
  String pointer() {
    return switch (source) {
      case Source.Argument(var argument) -> Pointer.child("", argument);
      case Source.Fixed _ -> "/";
    };
  }
}
