package dev.keyward.server.upstream.sql;

import java.math.BigDecimal;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Rows as JSON: `{"rows": [{column: value}], "count": 2, "more": false}`. What is beyond the
/// limits is left out, and `more` is true.
///
/// Numbers, truth values, JSON and lists of these keep their types; everything else is text as the
/// server writes it.
final class SqlRows {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final int mostRows;
  private final int mostCharacters;
  private int characters;

  SqlRows(int mostRows, int mostCharacters) {
    this.mostRows = mostRows;
    this.mostCharacters = mostCharacters;
  }

  /// {@return the answer of a statement that changed `count` rows and gives none}
  static ObjectNode changed(long count) {
    return answer(JSON.arrayNode(), count, false);
  }

  ObjectNode read(ResultSet result) throws SQLException {
    ArrayNode rows = JSON.arrayNode();
    ResultSetMetaData columns = result.getMetaData();
    while (result.next()) {
      if (rows.size() == mostRows) {
        return answer(rows, rows.size(), true);
      }
      ObjectNode row = row(result, columns);
      if (characters > mostCharacters) {
        return answer(rows, rows.size(), true);
      }
      rows.add(row);
    }
    return answer(rows, rows.size(), false);
  }

  private static ObjectNode answer(ArrayNode rows, long count, boolean more) {
    ObjectNode answer = JSON.objectNode();
    answer.set("rows", rows);
    return answer.put("count", count).put("more", more);
  }

  private ObjectNode row(ResultSet result, ResultSetMetaData columns) throws SQLException {
    ObjectNode row = JSON.objectNode();
    for (int at = 1; at <= columns.getColumnCount(); at++) {
      String text = result.getString(at);
      characters += columns.getColumnLabel(at).length() + (text == null ? 0 : text.length());
      row.set(
          columns.getColumnLabel(at),
          text == null ? JSON.nullNode() : value(result, at, columns.getColumnTypeName(at), text));
    }
    return row;
  }

  private static JsonNode value(ResultSet result, int at, String type, String text)
      throws SQLException {
    return switch (type) {
      case "int2", "int4", "int8", "oid", "serial", "bigserial" ->
          JSON.numberNode(Long.parseLong(text));
      case "numeric", "float4", "float8" -> number(text);
      case "bool" -> JSON.booleanNode(result.getBoolean(at));
      case "json", "jsonb" -> json(text);
      case "_int2", "_int4", "_int8", "_numeric", "_bool", "_text", "_varchar", "_uuid" ->
          list(result.getArray(at), text);
      default -> JSON.stringNode(text);
    };
  }

  /// What JSON cannot say of a number (`NaN`) stays text.
  private static JsonNode number(String text) {
    try {
      return JSON.numberNode(new BigDecimal(text));
    } catch (NumberFormatException e) {
      return JSON.stringNode(text);
    }
  }

  private static JsonNode json(String text) {
    try {
      return JsonMapper.shared().readTree(text);
    } catch (JacksonException e) {
      return JSON.stringNode(text);
    }
  }

  /// A list of lists stays text.
  private static JsonNode list(Array array, String text) throws SQLException {
    ArrayNode list = JSON.arrayNode();
    for (Object one : (Object[]) array.getArray()) {
      switch (one) {
        case null -> list.addNull();
        case Boolean truth -> list.add(truth);
        case Number number -> list.add(number(number.toString()));
        case Object[] _ -> {
          return JSON.stringNode(text);
        }
        default -> list.add(one.toString());
      }
    }
    return list;
  }
}
