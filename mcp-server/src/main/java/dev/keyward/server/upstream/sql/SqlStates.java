package dev.keyward.server.upstream.sql;

import java.sql.SQLException;
import java.util.Set;
import org.postgresql.util.PSQLException;

/// What the server's errors mean, by their SQLSTATE (PostgreSQL, "Error Codes"); their texts quote
/// values and are not read.
final class SqlStates {
  /// Of these classes nobody can say whether a commit was done: the connection, the operator's
  /// intervention, the system, the server's own faults.
  private static final Set<String> UNCERTAIN = Set.of("08", "58", "XX", "F0");

  private static final Set<String> SHUTDOWN = Set.of("57P01", "57P02", "57P03", "57P05");

  private SqlStates() {}

  static String state(SQLException e) {
    String state = e.getSQLState();
    return state != null && state.matches("[0-9A-Z]{5}") ? state : "";
  }

  /// {@return the first two characters, which name the class; empty if there are none}
  static String category(SQLException e) {
    String state = state(e);
    return state.isEmpty() ? "" : state.substring(0, 2);
  }

  /// {@return whether the server itself says that the statement was not done}
  static boolean refused(SQLException e) {
    return e instanceof PSQLException told
        && told.getServerErrorMessage() != null
        && !category(e).isEmpty()
        && !UNCERTAIN.contains(category(e))
        && !SHUTDOWN.contains(state(e));
  }

  /// {@return whether the login is what the server does not take}
  static boolean loginRefused(SQLException e) {
    return category(e).equals("28");
  }

  /// {@return the status of HTTP that says about the same: 5xx only where the server is the
  /// trouble, since a server that keeps giving these is left alone}
  static int status(SQLException e) {
    return switch (category(e)) {
      case "22", "P0" -> 422;
      case "23", "40" -> 409;
      case "25", "28" -> 403;
      case "42" -> state(e).equals("42501") ? 403 : 400;
      case "53" -> 503;
      case "57" -> 504;
      default -> 400;
    };
  }
}
