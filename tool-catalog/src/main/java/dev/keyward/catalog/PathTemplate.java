package dev.keyward.catalog;

import dev.keyward.call.Arguments;
import dev.keyward.call.CallRefused;
import dev.keyward.call.CanonicalJson;
import dev.keyward.call.Refusal;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// A path with places for arguments, for example `/api/tickets/{ticket_id}/notes`.
///
/// What an argument puts in stays within its own segment: it is refused if any server on the way
/// could read a separator or a step upwards out of it, also after Unicode normalization.
final class PathTemplate {
  private static final Pattern NAME = Pattern.compile("\\{([A-Za-z_][A-Za-z0-9_]*)}");
  private static final Pattern LITERAL = Pattern.compile("[A-Za-z0-9._~!$&'()*+,=:@-]*");
  private static final Pattern DOTS = Pattern.compile("\\.{1,2}");
  private static final String FORBIDDEN = "/\\%;";

  private final String template;
  private final List<Segment> segments;

  /// Reads a template.
  ///
  /// @throws IllegalArgumentException if it is not one; the message is the rule
  PathTemplate(String template) {
    if (!template.startsWith("/")) {
      throw new IllegalArgumentException("must start with /");
    }
    this.template = template;
    this.segments = new ArrayList<>();
    for (String segment : template.substring(1).split("/", -1)) {
      segments.add(Segment.parse(segment));
    }
    boolean hole = segments.subList(0, segments.size() - 1).stream().anyMatch(Segment::isEmpty);
    if (hole) {
      throw new IllegalArgumentException("must not have an empty segment");
    }
    if (parameters().stream().distinct().count() != parameters().size()) {
      throw new IllegalArgumentException("must not use an argument twice");
    }
  }

  /// {@return the names of its arguments, in order}
  List<String> parameters() {
    return segments.stream().map(Segment::argument).filter(name -> !name.isEmpty()).toList();
  }

  /// {@return the path for these arguments, percent-encoded}
  ///
  /// @throws CallRefused with `InvalidArguments`
  String render(Arguments arguments) {
    var path = new StringBuilder();
    for (Segment segment : segments) {
      path.append('/').append(segment.render(arguments));
    }
    return path.toString();
  }

  @Override
  public String toString() {
    return template;
  }

  /// One segment: literal text with at most one argument in it; an empty name means none.
  private record Segment(String before, String argument, String after) {

    static Segment parse(String segment) {
      Matcher name = NAME.matcher(segment);
      Segment parsed =
          name.find()
              ? new Segment(
                  segment.substring(0, name.start()), name.group(1), segment.substring(name.end()))
              : new Segment(segment, "", "");
      if (!LITERAL.matcher(parsed.before + parsed.after).matches()) {
        throw new IllegalArgumentException(
            "must consist of plain segments, each with at most one {argument}; no query, no"
                + " fragment, no percent signs");
      }
      if (DOTS.matcher(segment).matches()) {
        throw new IllegalArgumentException("must not have . or .. as a segment");
      }
      return parsed;
    }

    boolean isEmpty() {
      return before.isEmpty() && argument.isEmpty();
    }

    String render(Arguments arguments) {
      if (argument.isEmpty()) {
        return before;
      }
      String value = text(arguments.json().path(argument));
      check(value);
      check(Normalizer.normalize(value, Normalizer.Form.NFKC));
      return before + Percent.encode(value) + after;
    }

    private String text(JsonNode value) {
      if (value.isString()) {
        return value.stringValue();
      }
      if (value.isNumber() || value.isBoolean()) {
        return CanonicalJson.write(value);
      }
      throw refused("must be text or a number");
    }

    private void check(String value) {
      if (value.isBlank()) {
        throw refused("must not be empty");
      }
      if (DOTS.matcher(value.strip()).matches()
          || DOTS.matcher((before + value + after).strip()).matches()) {
        throw refused("must not be . or ..");
      }
      if (value.chars().anyMatch(c -> FORBIDDEN.indexOf(c) >= 0)) {
        throw refused("must not contain / \\ % or ;");
      }
      if (value.codePoints().anyMatch(Segment::isControl)) {
        throw refused("must not contain control characters");
      }
    }

    private static boolean isControl(int c) {
      return switch (Character.getType(c)) {
        case Character.CONTROL,
            Character.FORMAT,
            Character.LINE_SEPARATOR,
            Character.PARAGRAPH_SEPARATOR,
            Character.SURROGATE ->
            true;
        default -> false;
      };
    }

    private CallRefused refused(String rule) {
      return new CallRefused(new Refusal.InvalidArguments(Pointer.child("", argument), rule));
    }
  }
}
