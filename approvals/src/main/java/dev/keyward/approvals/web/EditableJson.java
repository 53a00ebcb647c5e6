package dev.keyward.approvals.web;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.call.Arguments;
import dev.keyward.call.CallRefused;
import dev.keyward.call.CanonicalJson;
import dev.keyward.call.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Arguments as a form has them, and back.
///
/// Only what the page shows exactly as it is can be changed; all else stays as it is. A text is
/// itself, any other value is JSON, so that no value loses its type.
final class EditableJson {
  private static final int LONGEST = 2_000;
  private static final int MOST = 20;
  private static final String PREFIX = "value:";
  private static final JsonMapper STRICT =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private EditableJson() {}

  /// What came of a form.
  sealed interface Read {
    /// The arguments fit.
    ///
    /// @param arguments with every change
    record Changed(Arguments arguments) implements Read {}

    /// They do not.
    ///
    /// @param why a sentence for the person
    record Not(String why) implements Read {}
  }

  /// {@return the name of the form's field for this argument}
  static String field(String name) {
    return PREFIX + name;
  }

  /// {@return the arguments that can be changed}
  static List<Editing.Field> fields(ApprovalRequest request, Shown shown) {
    List<Editing.Field> fields = new ArrayList<>();
    for (Argument argument : shown.arguments()) {
      if (fields.size() < MOST) {
        field(argument, now(request)).ifPresent(fields::add);
      }
    }
    return List.copyOf(fields);
  }

  private static Optional<Editing.Field> field(Argument argument, JsonNode now) {
    Optional<String> name = plain(argument.name());
    Optional<String> text = plain(argument.value()).filter(value -> value.length() <= LONGEST);
    if (name.isEmpty() || text.isEmpty() || !argument.handles().isEmpty()) {
      return Optional.empty();
    }
    JsonNode value = now.path(name.get());
    boolean json = !value.isString();
    return value(text.get(), json)
        .filter(read -> same(read, value))
        .map(_ -> new Editing.Field(name.get(), argument.type(), json, text.get()));
  }

  /// {@return what the form makes of the arguments}
  ///
  /// @param fields those that the page offered
  static Read read(ApprovalRequest request, List<Editing.Field> fields, Form form) {
    ObjectNode arguments = JsonNodeFactory.instance.objectNode();
    now(request).properties().forEach(entry -> arguments.set(entry.getKey(), entry.getValue()));
    for (Editing.Field field : fields) {
      String typed = typed(form, field);
      Optional<JsonNode> value = value(typed, field.json());
      if (value.isEmpty()) {
        return new Read.Not("What you wrote for " + field.name() + " is not JSON.");
      }
      if (!typed.equals(field.text())) {
        arguments.set(field.name(), value.get());
      }
    }
    try {
      Arguments changed = Arguments.of(arguments);
      return changed.canonical().equals(request.shown().argumentsJson())
          ? new Read.Not("Nothing in it is different.")
          : new Read.Changed(changed);
    } catch (CallRefused e) {
      return new Read.Not(
          e.refusal() instanceof Refusal.InvalidArguments(var field, var rule)
              ? "Argument " + field + " " + rule + "."
              : "The arguments cannot be sent.");
    }
  }

  /// {@return these fields with what the form has in them}
  static List<Editing.Field> filled(List<Editing.Field> fields, Form form) {
    return fields.stream()
        .map(
            field ->
                new Editing.Field(field.name(), field.type(), field.json(), typed(form, field)))
        .toList();
  }

  private static String typed(Form form, Editing.Field field) {
    return form.one(field(field.name()))
        .map(text -> text.replace("\r\n", "\n"))
        .orElse(field.text());
  }

  private static JsonNode now(ApprovalRequest request) {
    return STRICT.readTree(request.shown().argumentsJson());
  }

  private static Optional<JsonNode> value(String text, boolean json) {
    if (!json) {
      return Optional.of(JsonNodeFactory.instance.stringNode(text));
    }
    try {
      return Optional.of(STRICT.readTree(text)).filter(node -> !node.isMissingNode());
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private static boolean same(JsonNode one, JsonNode other) {
    return CanonicalJson.write(one).equals(CanonicalJson.write(other));
  }

  /// The text, if it is seen as it is.
  private static Optional<String> plain(List<Piece> pieces) {
    var text = new StringBuilder();
    for (Piece piece : pieces) {
      switch (piece) {
        case Piece.Plain(var plain) -> text.append(plain);
        case Piece.Break() -> text.append('\n');
        case Piece.Hidden _, Piece.Lookalike _ -> {
          return Optional.empty();
        }
      }
    }
    return Optional.of(text.toString());
  }
}
