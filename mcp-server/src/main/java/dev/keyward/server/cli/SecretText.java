package dev.keyward.server.cli;

import dev.keyward.server.control.OperatorError;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Secrets in the clear, as other programs keep them: values by `path#field`.
///
/// JSON is an object of objects, `{"crm": {"token": "…"}}`. A `.env` file has no paths, so all of
/// it is the fields of one: `TOKEN=…` into `crm` is `crm#TOKEN`. Nothing in it is expanded.
/// Messages name a line or a field, never a value.
enum SecretText {
  /// Lines `NAME=value`, with or without `export`, quotes and comments.
  ENV,

  /// An object of objects of texts.
  JSON;

  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final String QUOTED = "\"(?<quoted>[^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+)\"";
  private static final String VALUE =
      "(?:'(?<raw>[^']*)'|" + QUOTED + "|(?<bare>[^'\"\\s#][^\\n]*)?)";
  private static final Pattern LINE =
      Pattern.compile(
          "(?:export[ \\t]+)?(?<name>" + NAME + ")[ \\t]*=[ \\t]*" + VALUE + "[ \\t]*(?:#[^\\n]*)?",
          Pattern.DOTALL);
  private static final Pattern COMMENT = Pattern.compile("[ \\t]+#.*", Pattern.DOTALL);
  private static final Pattern ESCAPE = Pattern.compile("\\\\(.)", Pattern.DOTALL);
  private static final Pattern BLANK = Pattern.compile("[ \\t]*(?:#[^\\n]*)?(?:\\n|\\z)");
  private static final JsonMapper STRICT =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /// {@return the format that a file's name stands for}
  static SecretText of(String file) {
    return file.toLowerCase(Locale.ROOT).endsWith(".json") ? JSON : ENV;
  }

  /// Reads a file's text.
  ///
  /// @param path the path of all fields of a `.env` file; unused for JSON
  /// @throws OperatorError if the text has another shape; it names the line or the field
  Map<String, String> read(String text, String path) {
    return switch (this) {
      case ENV -> readEnv(text.replace("\r\n", "\n"), path);
      case JSON -> readJson(text);
    };
  }

  /// {@return a file's text, which [#read] reads}
  ///
  /// @param values values by `path#field`
  /// @throws OperatorError if a name cannot stand in such a file
  String write(Map<String, String> values) {
    return switch (this) {
      case ENV -> writeEnv(values);
      case JSON -> writeJson(values);
    };
  }

  private static Map<String, String> readEnv(String text, String path) {
    Map<String, String> values = new LinkedHashMap<>();
    Matcher line = LINE.matcher(text);
    Matcher blank = BLANK.matcher(text);
    int at = 0;
    while (at < text.length()) {
      if (blank.region(at, text.length()).lookingAt()) {
        at = blank.end();
        continue;
      }
      boolean whole = line.region(at, text.length()).lookingAt() && endsLine(text, line.end());
      if (!whole) {
        throw refused(line(text, at) + " must be NAME=value, with quotes that end");
      }
      String value = value(line);
      if (value.isEmpty()) {
        throw refused(line(text, at) + " has no value");
      }
      if (values.put(path + "#" + line.group("name"), value) != null) {
        throw refused(line(text, at) + " names a field that is there already");
      }
      at = Math.min(line.end() + 1, text.length());
    }
    return values;
  }

  private static String line(String text, int at) {
    return "line " + (1 + text.substring(0, at).chars().filter(c -> c == '\n').count());
  }

  private static boolean endsLine(String text, int end) {
    return end == text.length() || text.charAt(end) == '\n';
  }

  private static String value(Matcher line) {
    if (line.group("raw") != null) {
      return line.group("raw");
    }
    if (line.group("quoted") != null) {
      return ESCAPE.matcher(line.group("quoted")).replaceAll(SecretText::unescaped);
    }
    String bare = line.group("bare");
    return bare == null ? "" : COMMENT.matcher(bare).replaceFirst("").strip();
  }

  private static String unescaped(java.util.regex.MatchResult escape) {
    String character = escape.group(1);
    return switch (character) {
      case "n" -> "\n";
      case "r" -> "\r";
      case "t" -> "\t";
      case "\"", "\\", "$", "`" -> Matcher.quoteReplacement(character);
      default -> Matcher.quoteReplacement("\\" + character);
    };
  }

  private static String writeEnv(Map<String, String> values) {
    var text = new StringBuilder();
    values.forEach(
        (name, value) -> {
          String field = name.substring(name.indexOf('#') + 1);
          if (!NAME.matcher(field).matches()) {
            throw refused(name + " cannot be the name of a variable; use --format json");
          }
          text.append(field).append("=\"").append(escaped(value)).append("\"\n");
        });
    return text.toString();
  }

  private static String escaped(String value) {
    return value
        .replace("\\", "\\\\")
        .replace("\"", "\\\"")
        .replace("$", "\\$")
        .replace("`", "\\`")
        .replace("\n", "\\n")
        .replace("\r", "\\r");
  }

  private static Map<String, String> readJson(String text) {
    Map<String, String> values = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> path : parsed(text).properties()) {
      for (Map.Entry<String, JsonNode> field : path.getValue().properties()) {
        if (!field.getValue().isString() || field.getValue().stringValue().isEmpty()) {
          throw refused(path.getKey() + "#" + field.getKey() + " must be a text that is not empty");
        }
        values.put(path.getKey() + "#" + field.getKey(), field.getValue().stringValue());
      }
      if (!path.getValue().isObject()) {
        throw refused(path.getKey() + " must be an object, field: value");
      }
    }
    return values;
  }

  private static JsonNode parsed(String text) {
    try {
      JsonNode json = STRICT.readTree(text);
      if (json.isObject()) {
        return json;
      }
    } catch (JacksonException e) {
      // said below: its message quotes the text
    }
    throw refused(
        "must be a JSON object without doubled names, {\"PATH\": {\"FIELD\": \"value\"}}");
  }

  private static String writeJson(Map<String, String> values) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    values.forEach(
        (name, value) -> {
          int end = name.indexOf('#');
          json.withObjectProperty(name.substring(0, end)).put(name.substring(end + 1), value);
        });
    return STRICT.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n";
  }

  private static OperatorError refused(String why) {
    return new OperatorError("the file of secrets: " + why + "; nothing was stored");
  }
}
