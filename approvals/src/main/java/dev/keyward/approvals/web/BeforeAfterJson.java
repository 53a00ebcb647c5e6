package dev.keyward.approvals.web;

import dev.keyward.approvals.Preview;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Turns what was read for people into what a page shows, every text through the scrubber.
final class BeforeAfterJson {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private final ArgumentsJson values;

  BeforeAfterJson(ArgumentsJson values) {
    this.values = values;
  }

  /// {@return what is shown}
  ///
  /// @param arguments of the call that would run
  /// @throws RuntimeException if the scrubber is not sure of a text
  BeforeAfter of(Preview preview, String arguments) {
    return switch (preview) {
      case Preview.Unread(var tool, var at, var code) ->
          new BeforeAfter(tool.value(), at.toString(), Words.unread(code), List.of());
      case Preview.Read read ->
          new BeforeAfter(
              read.tool().value(),
              read.at().toString(),
              "",
              fields(read, JSON.readTree(arguments)));
    };
  }

  private List<BeforeAfter.Field> fields(Preview.Read read, JsonNode arguments) {
    List<BeforeAfter.Field> fields = new ArrayList<>();
    for (Preview.Field field : read.fields()) {
      fields.add(field(field, arguments));
    }
    return fields;
  }

  private BeforeAfter.Field field(Preview.Field field, JsonNode arguments) {
    List<Piece> name = values.text(field.path());
    return switch (field.value()) {
      case Preview.Value.Found(var json) -> {
        JsonNode now = JSON.readTree(json);
        List<Piece> pieces = values.pieces(now);
        yield new BeforeAfter.Field(
            name, pieces, "", Piece.warning(pieces), then(field, now, arguments));
      }
      case Preview.Value.Missing() ->
          new BeforeAfter.Field(
              name,
              List.of(),
              "The answer has no such field.",
              "",
              then(field, JSON.missingNode(), arguments));
      case Preview.Value.TooLong(var bytes) ->
          new BeforeAfter.Field(
              name,
              List.of(),
              String.format(Locale.ROOT, "%,d bytes: more than is shown here.", bytes),
              "",
              then(field, JSON.missingNode(), arguments));
    };
  }

  private BeforeAfter.Then then(Preview.Field field, JsonNode now, JsonNode arguments) {
    if (field.becomes().isEmpty()) {
      return new BeforeAfter.Then.Unsaid();
    }
    String argument = field.becomes().get();
    JsonNode next = arguments.path(argument);
    if (next.isMissingNode()) {
      return new BeforeAfter.Then.LeftOut(argument);
    }
    return same(now, next)
        ? new BeforeAfter.Then.Same(argument)
        : new BeforeAfter.Then.Becomes(argument, values.pieces(next));
  }

  private static boolean same(JsonNode now, JsonNode next) {
    if (now.isNumber() && next.isNumber()) {
      return now.decimalValue().compareTo(next.decimalValue()) == 0;
    }
    return now.equals(next);
  }
}
