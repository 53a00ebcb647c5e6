package dev.keyward.server;

/// [SettleContract] on SQLite.
final class SqliteSettleTest extends SettleContract {
  @Override
  String database() {
    return "";
  }
}
