package dev.keyward.redaction.json;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Tables written as JSON: lists of equally long rows, whose columns are named by the first of
/// them, or by a list beside them.
final class JsonTables {
  private static final List<String> COLUMNS =
      List.of("columns", "headers", "header", "fields", "cols", "columnNames", "column_names");
  private static final int MOST = 256;
  private static final int LONGEST = 64;

  private JsonTables() {}

  /// {@return the names of columns that an object has beside its rows; empty if none}
  static List<String> columns(JsonNode object) {
    for (String key : COLUMNS) {
      List<String> names = names(object.path(key));
      if (!names.isEmpty()) {
        return names;
      }
    }
    return List.of();
  }

  /// {@return the first row of `array` if that names the columns of the others; else empty}
  static List<String> heading(JsonNode array) {
    List<String> names = array.size() > 1 ? names(array.get(0)) : List.of();
    return areRows(array, names.size()) ? names : List.of();
  }

  /// {@return whether `array` has rows of `width` and nothing else}
  static boolean areRows(JsonNode array, int width) {
    if (!array.isArray() || array.isEmpty() || width < 2) {
      return false;
    }
    for (JsonNode row : array) {
      if (!row.isArray() || row.size() != width) {
        return false;
      }
    }
    return true;
  }

  /// Of strings, or of objects with a name.
  private static List<String> names(JsonNode list) {
    if (!list.isArray() || list.size() < 2 || list.size() > MOST) {
      return List.of();
    }
    var names = new ArrayList<String>();
    for (JsonNode each : list) {
      JsonNode name = each.isObject() ? each.path("name") : each;
      if (!name.isString() || name.stringValue().length() > LONGEST) {
        return List.of();
      }
      names.add(name.stringValue());
    }
    return names;
  }
}
