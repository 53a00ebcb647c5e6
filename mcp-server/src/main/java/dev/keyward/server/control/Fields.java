package dev.keyward.server.control;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/// The arguments of one command, read strictly.
///
/// @param json an object
record Fields(JsonNode json) {

  /// {@return the text of a field that must be there}
  String text(String field) {
    return optional(field).orElseThrow(() -> new OperatorError(field + " is missing"));
  }

  /// {@return the text of a field that may be absent}
  Optional<String> optional(String field) {
    JsonNode value = json.path(field);
    return value.isString() && !value.stringValue().isEmpty()
        ? Optional.of(value.stringValue())
        : Optional.empty();
  }

  /// {@return the texts of a list, empty where it is absent}
  List<String> list(String field) {
    List<String> values = new ArrayList<>();
    json.path(field).forEach(value -> values.add(value.asString()));
    return values;
  }

  /// {@return whether a field is there and true}
  boolean flag(String field) {
    return json.path(field).asBoolean(false);
  }

  /// {@return a whole number in a range}
  int number(String field, int otherwise, int least, int most) {
    int value = json.path(field).asInt(otherwise);
    if (value < least || value > most) {
      throw new OperatorError(field + " must be from " + least + " to " + most);
    }
    return value;
  }

  /// {@return a field that must be there, as the type that `parse` makes of it}
  <T> T parsed(String field, Function<String, T> parse) {
    return parse(field, text(field), parse);
  }

  /// {@return a field that may be absent, as the type that `parse` makes of it}
  <T> Optional<T> optional(String field, Function<String, T> parse) {
    return optional(field).map(text -> parse(field, text, parse));
  }

  /// {@return a time that may be absent}
  Optional<Instant> time(String field) {
    return optional(
        field,
        text -> {
          try {
            return Instant.parse(text);
          } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                field + " must be a time such as 2026-11-20T12:00:00Z", e);
          }
        });
  }

  /// Some types leave it to their caller to say what they are a part of.
  private static <T> T parse(String field, String text, Function<String, T> parse) {
    try {
      return parse.apply(text);
    } catch (IllegalArgumentException e) {
      String rule = String.valueOf(e.getMessage());
      throw new OperatorError(rule.startsWith("must ") ? field + " " + rule : rule);
    }
  }
}
