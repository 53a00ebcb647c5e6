package dev.keyward.catalog;

import dev.keyward.call.Arguments;
import dev.keyward.call.CanonicalJson;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// The line that tells a reviewer what a call would do, in the operator's words. Immutable.
///
/// A value cannot pass for the operator's words: all but plain identifiers and numbers stand in
/// quotation marks, what does not show is escaped, and long ones are cut with a mark. It is text,
/// not HTML: a page escapes it as any other.
public final class Summary {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([A-Za-z_][A-Za-z0-9_]*)}");
  private static final Pattern STRAY = Pattern.compile("[{}\\p{Cntrl}]");
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_.:@/-]{1,80}");
  private static final int MAX_SHOWN = 120;

  private final String template;

  /// A line with placeholders, for example `Refund {amount} of {charge}`.
  ///
  /// @throws IllegalArgumentException if a brace is not part of a placeholder
  Summary(String template) {
    if (STRAY.matcher(PLACEHOLDER.matcher(template).replaceAll("")).find()) {
      throw new IllegalArgumentException(
          "must be one line in which braces stand around the names of arguments only");
    }
    this.template = template;
  }

  /// {@return the line for these arguments, their values inserted as text}
  public String line(Arguments arguments) {
    return PLACEHOLDER
        .matcher(template)
        .replaceAll(
            found -> Matcher.quoteReplacement(shown(arguments.json().path(found.group(1)))));
  }

  String template() {
    return template;
  }

  /// {@return the arguments that the line names}
  Set<String> names() {
    Set<String> names = new LinkedHashSet<>();
    PLACEHOLDER.matcher(template).results().forEach(found -> names.add(found.group(1)));
    return names;
  }

  private static String shown(JsonNode value) {
    if (value.isMissingNode() || value.isNull()) {
      return "(none)";
    }
    if (value.isString() && PLAIN.matcher(value.stringValue()).matches()) {
      return value.stringValue();
    }
    String text = visible(CanonicalJson.write(value));
    return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "… (cut)";
  }

  /// Escapes what a reader could not see, or what would reorder what they see.
  private static String visible(String text) {
    var out = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              switch (Character.getType(c)) {
                case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED ->
                    out.append("\\u{").append(Integer.toHexString(c)).append('}');
                default -> out.appendCodePoint(c);
              }
            });
    return out.toString();
  }
}
