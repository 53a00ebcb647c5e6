package dev.keyward.catalog;

import dev.keyward.call.Arguments;
import dev.keyward.call.CallRefused;
import dev.keyward.call.Refusal;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// One file's text, read: first as YAML, then against the format's schema, then by code.
///
/// @param file what it holds
/// @param lines where its fields stand
record CatalogReading(CatalogFile file, Lines lines) {
  private static final SchemaCheck FORMAT =
      new SchemaCheck(CatalogJson.tree(ExampleCatalogs.schema()));

  /// Reads a text; never throws for what it holds.
  static CatalogReading of(String name, String text) {
    try {
      YamlText.Document document = YamlText.read(text);
      var problems = new Problems(name, document.lines());
      List<Tool> tools = tools(document.json(), problems);
      var file = new CatalogFile(name, problems.none() ? tools : List.of(), problems.list());
      return new CatalogReading(file, document.lines());
    } catch (YamlText.Unreadable e) {
      Lines lines = new Lines(Map.of(e.pointer(), e.line()));
      var problems = new Problems(name, lines);
      problems.add(e.pointer(), e.rule());
      return new CatalogReading(new CatalogFile(name, List.of(), problems.list()), lines);
    }
  }

  private static List<Tool> tools(JsonNode json, Problems problems) {
    checkExact(json, problems);
    if (problems.none()) {
      checkFormat(json, problems);
    }
    return problems.none() ? new CatalogJson(json, problems).tools() : List.of();
  }

  private static void checkFormat(JsonNode json, Problems problems) {
    FORMAT.check(json).forEach(broken -> problems.add(broken.pointer(), broken.rule()));
  }

  /// Numbers and texts must have one canonical form, as arguments must.
  private static void checkExact(JsonNode json, Problems problems) {
    try {
      Arguments.of(json);
    } catch (CallRefused e) {
      if (e.refusal() instanceof Refusal.InvalidArguments(var field, var rule)) {
        problems.add(field.equals("/") ? "" : field, rule);
      } else {
        throw e;
      }
    }
  }
}
