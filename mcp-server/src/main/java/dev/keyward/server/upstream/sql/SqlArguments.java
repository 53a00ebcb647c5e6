package dev.keyward.server.upstream.sql;

import dev.keyward.call.Arguments;
import dev.keyward.catalog.SqlBinding;
import dev.keyward.catalog.SqlPlace;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import tools.jackson.databind.JsonNode;

/// Puts arguments into a statement's places, each as a value of its declared type.
final class SqlArguments {
  private SqlArguments() {}

  /// {@return the text for the driver, with `?` in each place}
  static String text(SqlBinding sql) {
    return String.join("?", sql.parts());
  }

  static void bind(
      Connection connection, PreparedStatement statement, SqlBinding sql, Arguments arguments)
      throws SQLException {
    for (int i = 0; i < sql.places().size(); i++) {
      SqlPlace place = sql.places().get(i);
      bind(connection, statement, i + 1, place, arguments.json().path(place.argument()));
    }
  }

  private static void bind(
      Connection connection, PreparedStatement statement, int at, SqlPlace place, JsonNode value)
      throws SQLException {
    if (value.isMissingNode() || value.isNull()) {
      statement.setNull(at, place.list() ? Types.ARRAY : jdbc(place.type()));
    } else if (place.list()) {
      Object[] values = value.valueStream().map(one -> plain(place.type(), one)).toArray();
      statement.setArray(at, connection.createArrayOf(element(place.type(), values), values));
    } else {
      statement.setObject(at, plain(place.type(), value));
    }
  }

  private static Object plain(SqlPlace.Type type, JsonNode value) {
    return switch (type) {
      case TEXT -> value.stringValue();
      case INTEGER -> value.canConvertToLong() ? (Object) value.longValue() : value.decimalValue();
      case NUMBER -> value.decimalValue();
      case BOOLEAN -> value.booleanValue();
    };
  }

  private static int jdbc(SqlPlace.Type type) {
    return switch (type) {
      case TEXT -> Types.VARCHAR;
      case INTEGER -> Types.BIGINT;
      case NUMBER -> Types.NUMERIC;
      case BOOLEAN -> Types.BOOLEAN;
    };
  }

  private static String element(SqlPlace.Type type, Object[] values) {
    return switch (type) {
      case TEXT -> "text";
      case INTEGER -> fits(values) ? "int8" : "numeric";
      case NUMBER -> "numeric";
      case BOOLEAN -> "bool";
    };
  }

  private static boolean fits(Object[] values) {
    for (Object value : values) {
      if (!(value instanceof Long)) {
        return false;
      }
    }
    return true;
  }
}
