package dev.keyward.server;

/// [TasksContract] on SQLite.
final class SqliteTasksTest extends TasksContract {
  @Override
  String database() {
    return "";
  }
}
