package dev.keyward.server.run;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The fields of a request about runs, read strictly; what is wrong is named, its value never.
record RunFields(JsonNode json, String what) {
  private static final int MOST_TEXTS = 100;

  /// Refuses other fields than `known`.
  ///
  /// @throws IllegalArgumentException if it is no object, or has a field that is not known
  RunFields(JsonNode json, String what, Set<String> known) {
    this(json, what);
    if (!json.isObject()) {
      throw new IllegalArgumentException(what + " must be an object");
    }
    if (!known.containsAll(json.propertyNames())) {
      throw new IllegalArgumentException(
          what + " may only have " + String.join(", ", known.stream().sorted().toList()));
    }
  }

  Optional<String> text(String field) {
    JsonNode value = json.path(field);
    if (value.isMissingNode()) {
      return Optional.empty();
    }
    if (!value.isString()) {
      throw new IllegalArgumentException(field + " must be a text");
    }
    return Optional.of(value.stringValue());
  }

  List<String> texts(String field) {
    return json.has(field) ? texts(field, json.path(field)) : List.of();
  }

  static List<String> texts(String field, JsonNode list) {
    boolean good = list.isArray() && !list.isEmpty() && list.size() <= MOST_TEXTS;
    if (!good || !list.valueStream().allMatch(JsonNode::isString)) {
      throw new IllegalArgumentException(
          field + " must be a list of 1 to " + MOST_TEXTS + " texts");
    }
    List<String> texts = new ArrayList<>();
    list.forEach(text -> texts.add(text.stringValue()));
    return texts;
  }

  Optional<Integer> number(String field, int most) {
    JsonNode value = json.path(field);
    if (value.isMissingNode()) {
      return Optional.empty();
    }
    boolean good = value.isIntegralNumber() && value.canConvertToInt();
    if (!good || value.intValue() < 1 || value.intValue() > most) {
      throw new IllegalArgumentException(field + " must be a whole number from 1 to " + most);
    }
    return Optional.of(value.intValue());
  }

  /// {@return the object without these fields}
  JsonNode without(String... fields) {
    ObjectNode rest = (ObjectNode) json.deepCopy();
    rest.remove(List.of(fields));
    return rest;
  }

  Optional<JsonNode> object(String field) {
    return json.has(field) ? Optional.of(json.path(field)) : Optional.empty();
  }

  Optional<Instant> time(String field) {
    return text(field)
        .map(
            text -> {
              try {
                return Instant.parse(text).truncatedTo(ChronoUnit.MILLIS);
              } catch (DateTimeException e) {
                throw new IllegalArgumentException(
                    field + " must be a time such as 2026-11-20T12:00:00Z", e);
              }
            });
  }
}
