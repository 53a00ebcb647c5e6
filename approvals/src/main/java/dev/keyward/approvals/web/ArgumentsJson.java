package dev.keyward.approvals.web;

import dev.keyward.call.CanonicalJson;
import dev.keyward.call.PassedHandle;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeType;

/// Turns the arguments of a request into what its page shows.
///
/// Every name and every value goes through the scrubber on its own, before it is laid out.
final class ArgumentsJson {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final UnaryOperator<String> scrub;

  /// @param scrub takes secrets out of a text; what it cannot be sure of, it refuses by throwing
  ArgumentsJson(UnaryOperator<String> scrub) {
    this.scrub = scrub;
  }

  /// {@return every argument, in canonical order}
  ///
  /// @param handles what is known of the handles in them
  /// @param before the arguments to compare with
  /// @throws IllegalArgumentException if the text is not a JSON object
  List<Argument> read(String arguments, List<PassedHandle> handles, Optional<String> before) {
    Optional<JsonNode> earlier = before.map(ArgumentsJson::object);
    List<Argument> read = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : object(arguments).properties()) {
      Argument.Change change =
          earlier
              .map(node -> change(field.getValue(), node.get(field.getKey())))
              .orElse(new Argument.Change.Alone());
      read.add(argument(field, handles, change));
    }
    return List.copyOf(read);
  }

  /// {@return the arguments in `before` of which `arguments` has none}
  List<Argument> gone(String arguments, String before) {
    JsonNode now = object(arguments);
    return object(before).properties().stream()
        .filter(field -> !now.has(field.getKey()))
        .map(field -> argument(field, List.of(), new Argument.Change.Alone()))
        .toList();
  }

  private Argument argument(
      Map.Entry<String, JsonNode> field, List<PassedHandle> handles, Argument.Change change) {
    List<Piece> name = Piece.of(scrub.apply(field.getKey()));
    List<Piece> value = pieces(field.getValue());
    return new Argument(
        name,
        type(field.getValue()),
        size(field.getValue()),
        value,
        sentences(field.getValue(), handles),
        Piece.warning(Stream.concat(name.stream(), value.stream()).toList()),
        change);
  }

  private Argument.Change change(JsonNode now, @Nullable JsonNode before) {
    if (before == null) {
      return new Argument.Change.Fresh();
    }
    boolean same = CanonicalJson.write(now).equals(CanonicalJson.write(before));
    return same ? new Argument.Change.Same() : new Argument.Change.Other(pieces(before));
  }

  private static List<String> sentences(JsonNode value, List<PassedHandle> handles) {
    String text = value.toString();
    return handles.stream()
        .filter(handle -> text.contains(handle.text()))
        .map(ArgumentsJson::sentence)
        .toList();
  }

  private static String sentence(PassedHandle handle) {
    return handle.text()
        + " stands for a "
        + handle.kind().replace('_', ' ')
        + " that "
        + handle.from()
        + " gave at "
        + handle.given().truncatedTo(ChronoUnit.SECONDS)
        + ". The system gets the value; neither the agent nor you see it.";
  }

  private static JsonNode object(String arguments) {
    try {
      JsonNode node = JSON.readTree(arguments);
      if (node.isObject()) {
        return node;
      }
    } catch (JacksonException e) {
      throw new IllegalArgumentException("the stored arguments are not JSON", e);
    }
    throw new IllegalArgumentException("the stored arguments are not a JSON object");
  }

  /// {@return a text of its own}
  List<Piece> text(String text) {
    return Piece.of(scrub.apply(text));
  }

  /// {@return a value: text as it is, anything else as indented JSON}
  List<Piece> pieces(JsonNode value) {
    if (value.isString()) {
      return text(value.stringValue());
    }
    var out = new StringBuilder();
    write(value, "", out);
    return Piece.of(out.toString()).stream().map(ArgumentsJson::laidOut).toList();
  }

  /// A line feed in indented JSON is our own: those of strings are escaped.
  private static Piece laidOut(Piece piece) {
    return piece instanceof Piece.Break ? new Piece.Plain("\n") : piece;
  }

  private void write(JsonNode value, String indent, StringBuilder out) {
    if (value.isObject() && !value.isEmpty()) {
      object(value, indent, out);
    } else if (value.isArray() && !value.isEmpty()) {
      array(value, indent, out);
    } else if (value.isString()) {
      quoted(value.stringValue(), out);
    } else {
      out.append(scrub.apply(scalar(value)));
    }
  }

  /// A whole number that is no double is one from outside, and stays as it came.
  private static String scalar(JsonNode value) {
    return value.isIntegralNumber() ? value.toString() : CanonicalJson.write(value);
  }

  private void object(JsonNode value, String indent, StringBuilder out) {
    String inner = indent + "  ";
    String separator = "{\n";
    for (Map.Entry<String, JsonNode> field : value.properties()) {
      out.append(separator).append(inner);
      quoted(field.getKey(), out);
      out.append(": ");
      write(field.getValue(), inner, out);
      separator = ",\n";
    }
    out.append('\n').append(indent).append('}');
  }

  private void array(JsonNode value, String indent, StringBuilder out) {
    String inner = indent + "  ";
    String separator = "[\n";
    for (JsonNode item : value) {
      out.append(separator).append(inner);
      write(item, inner, out);
      separator = ",\n";
    }
    out.append('\n').append(indent).append(']');
  }

  /// Other control characters stay as they are, for [Piece] to show.
  private void quoted(String text, StringBuilder out) {
    String escaped =
        scrub.apply(text).replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    out.append('"').append(escaped).append('"');
  }

  private static String type(JsonNode value) {
    return switch (value.getNodeType()) {
      case STRING -> "string";
      case NUMBER -> "number";
      case BOOLEAN -> "boolean";
      case NULL -> "null";
      case OBJECT -> "object";
      case ARRAY -> "array";
      case BINARY, MISSING, POJO -> throw new IllegalArgumentException("not JSON");
    };
  }

  private static String size(JsonNode value) {
    if (value.isString()) {
      String text = value.stringValue();
      return counted(text.codePointCount(0, text.length()), "character");
    }
    if (value.getNodeType() == JsonNodeType.OBJECT) {
      return counted(value.size(), "field");
    }
    return value.isArray() ? counted(value.size(), "item") : "";
  }

  private static String counted(int many, String thing) {
    return many + " " + thing + (many == 1 ? "" : "s");
  }
}
