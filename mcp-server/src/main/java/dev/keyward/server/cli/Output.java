package dev.keyward.server.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Prints a result: as a table or as lines for people, as JSON for programs.
final class Output {
  private static final int GAP = 2;
  private static final String WARNING = "warning";

  @Option(names = "--json", description = "Print the result as JSON")
  private boolean json;

  boolean isJson() {
    return json;
  }

  /// Prints `result` with these columns; lists become tables, objects become lines, but for what an
  /// object warns of, which [#warn] says.
  ///
  /// @param nothing what to say of an empty list
  void print(JsonNode result, String nothing, String... columns) {
    PrintStream out = System.out;
    if (json) {
      out.println(JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(result));
    } else if (!result.isArray()) {
      lines(out, result);
      warn(result);
    } else if (result.isEmpty()) {
      out.println(nothing);
    } else {
      table(out, result, List.of(columns));
    }
  }

  /// Says what an object warns of on standard error, so that it is seen also where the rest is
  /// piped.
  static void warn(JsonNode object) {
    if (object.has(WARNING)) {
      System.err.println("Warning: " + text(object.path(WARNING)));
    }
  }

  private static void lines(PrintStream out, JsonNode object) {
    int width = object.propertyNames().stream().mapToInt(String::length).max().orElse(0) + GAP;
    object
        .properties()
        .forEach(
            field -> {
              if (!field.getKey().equals(WARNING)) {
                out.println(pad(field.getKey().replace('_', ' '), width) + text(field.getValue()));
              }
            });
  }

  private static void table(PrintStream out, JsonNode list, List<String> wanted) {
    List<String> columns = new ArrayList<>(present(list));
    columns.retainAll(new LinkedHashSet<>(wanted));
    columns.sort((a, b) -> Integer.compare(wanted.indexOf(a), wanted.indexOf(b)));
    int[] widths = new int[columns.size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = columns.get(i).length() + GAP;
      for (JsonNode row : list) {
        widths[i] = Math.max(widths[i], text(row.path(columns.get(i))).length() + GAP);
      }
    }
    row(out, columns.stream().map(column -> column.replace('_', ' ')).toList(), widths);
    for (JsonNode entry : list) {
      row(out, columns.stream().map(column -> text(entry.path(column))).toList(), widths);
    }
  }

  private static Set<String> present(JsonNode list) {
    Set<String> names = new LinkedHashSet<>();
    list.forEach(row -> names.addAll(row.propertyNames()));
    return names;
  }

  private static void row(PrintStream out, List<String> cells, int[] widths) {
    var line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      line.append(pad(cells.get(i), widths[i]));
    }
    out.println(line.toString().stripTrailing());
  }

  private static String text(JsonNode value) {
    if (value.isMissingNode() || value.isNull()) {
      return "";
    }
    if (value.isArray() && !value.isEmpty() && value.get(0).isString()) {
      List<String> words = new ArrayList<>();
      value.forEach(word -> words.add(word.stringValue()));
      return String.join(" ", words);
    }
    return visible(value.isString() ? value.stringValue() : value.toString());
  }

  /// A terminal obeys control characters, and texts of agents pass through here.
  static String visible(String text) {
    return text.replaceAll("\\p{C}", "?");
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }
}
