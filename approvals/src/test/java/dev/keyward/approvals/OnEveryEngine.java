package dev.keyward.approvals;

import dev.keyward.store.Database;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// Claims about approvals that hold on every database: one of its own for each test.
abstract class OnEveryEngine {
  Database database;
  ApprovalsFixture at;

  /// Opens the one database of this test; what it held when it was closed is still there.
  abstract Database open();

  @BeforeEach
  void begin() {
    database = open();
    at = new ApprovalsFixture(database);
  }

  @AfterEach
  void end() {
    database.close();
  }
}
