package dev.keyward.catalog;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Reads a tool's statement and checks what the format's schema cannot say.
final class SqlRules {
  private static final int MOST_ROWS = 100;
  private static final Set<String> HERE = Set.of("127.0.0.1", "[::1]", "localhost");

  private final Problems problems;
  private final ToolParts tool;
  private final JsonNode input;
  private final Part sql;

  /// Rules for one tool.
  ///
  /// @param input the full schema of its arguments
  SqlRules(Problems problems, ToolParts tool, JsonNode input) {
    this.problems = problems;
    this.tool = tool;
    this.input = input;
    this.sql = tool.tool().get("sql");
  }

  /// {@return the binding; of use only if no problem was noted}
  Optional<SqlBinding> read() {
    for (String field : List.of("request", "response", "headers", "idempotency", "error")) {
      Part other = tool.tool().get(field);
      if (other.present()) {
        problems.add(other.at(), "must not stand beside sql");
      }
    }
    checkCredential();
    Part statement = sql.get("statement");
    Part database = setting("database");
    if (!database.present()) {
      problems.add(sql.at(), "must have a database, its own or one at the top of the file");
    }
    return problems
        .attempt(statement.at(), () -> new SqlText(statement.text()))
        .filter(_ -> database.present())
        .map(text -> binding(statement, text, database));
  }

  private void checkCredential() {
    Part in = tool.credential().get("in");
    boolean login = in.json().isString() ? in.text().equals("login") : in.get("login").present();
    if (in.present() && !login) {
      problems.add(in.at(), "must be login, or {login: USER}, beside sql");
    }
  }

  private SqlBinding binding(Part statement, SqlText text, Part database) {
    List<SqlPlace> places = new ArrayList<>();
    text.names().forEach(name -> place(statement, name).ifPresent(places::add));
    checkUsed(new HashSet<>(text.names()));
    Part authorities = setting("tls_ca");
    return new SqlBinding(
        statement.text().strip(),
        text.parts(),
        places,
        database.text(),
        tls(),
        authorities.present() ? Optional.of(Path.of(authorities.text())) : Optional.empty(),
        setting("max_rows").json().asInt(MOST_ROWS));
  }

  private Optional<SqlPlace> place(Part statement, String name) {
    JsonNode property = input.path("properties").path(name);
    if (property.isMissingNode()) {
      problems.add(statement.at(), "must name only arguments that input declares");
      return Optional.empty();
    }
    Optional<SqlPlace> place = place(name, property);
    if (place.isEmpty()) {
      problems.add(
          statement.at(), "must take only text, numbers, true, false, and lists of one of these");
    }
    return place;
  }

  private static Optional<SqlPlace> place(String name, JsonNode property) {
    Set<String> types = new HashSet<>(Part.types(property));
    types.remove("null");
    if (!types.equals(Set.of("array"))) {
      return type(types).map(type -> new SqlPlace(name, type, false));
    }
    return type(Part.types(property.path("items"))).map(type -> new SqlPlace(name, type, true));
  }

  private static Optional<SqlPlace.Type> type(Set<String> types) {
    if (types.size() != 1) {
      return Optional.empty();
    }
    return switch (types.iterator().next()) {
      case "string" -> Optional.of(SqlPlace.Type.TEXT);
      case "integer" -> Optional.of(SqlPlace.Type.INTEGER);
      case "number" -> Optional.of(SqlPlace.Type.NUMBER);
      case "boolean" -> Optional.of(SqlPlace.Type.BOOLEAN);
      default -> Optional.empty();
    };
  }

  private void checkUsed(Set<String> used) {
    for (String name : input.path("properties").propertyNames()) {
      if (!used.contains(name)) {
        problems.add(
            tool.tool().get("input").get("properties").get(name).at(),
            "must go somewhere: as :" + name + " into the statement");
      }
    }
  }

  /// Encrypted and checked, except on this machine, unless the catalog says otherwise.
  private SqlBinding.Tls tls() {
    Part stated = setting("tls");
    if (stated.present()) {
      return SqlBinding.Tls.valueOf(stated.text().replace('-', '_').toUpperCase(Locale.ROOT));
    }
    String origin = tool.own("origin").textOr("");
    String host = origin.replaceFirst("^postgresql://", "").replaceFirst(":[0-9]+$", "");
    return HERE.contains(host) ? SqlBinding.Tls.DISABLE : SqlBinding.Tls.VERIFY_FULL;
  }

  private Part setting(String name) {
    return sql.getOr(name, tool.file().get("sql"));
  }
}
