package dev.keyward.approvals;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.call.ApprovalKind;
import dev.keyward.store.Database;
import dev.keyward.store.PostgresDatabase;
import dev.keyward.store.PostgresSettings;
import dev.keyward.store.TestPostgres;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class PostgresApprovalsTest extends ApprovalsContract {
  private final PostgresSettings settings = TestPostgres.shared().database();

  @Override
  Database open() {
    return PostgresDatabase.open(settings);
  }

  @Test
  void anotherBrokerHearsThatPeopleAreAsked() throws Exception {
    try (Database there = PostgresDatabase.open(settings.as("elsewhere"))) {
      var elsewhere = new ApprovalsFixture(there);
      var told = new CountDownLatch(1);
      elsewhere.approvals.onChange(told::countDown);

      ApprovalRequest asked = at.pending(at.ask(ApprovalKind.REVIEW));

      assertTrue(told.await(10, SECONDS));
      assertEquals(asked, elsewhere.now(asked));
    }
  }
}
