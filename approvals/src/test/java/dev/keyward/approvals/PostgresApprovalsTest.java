package dev.keyward.approvals;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.call.ApprovalKind;
import dev.keyward.store.Database;
import dev.keyward.store.PostgresDatabase;
import dev.keyward.store.PostgresSettings;
import dev.keyward.store.TestPostgres;
import dev.keyward.store.Tx;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
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
      awaitHints(there);
      var elsewhere = new ApprovalsFixture(there);
      var told = new CountDownLatch(1);
      elsewhere.approvals.onChange(told::countDown);

      ApprovalRequest asked = at.pending(at.ask(ApprovalKind.REVIEW));

      assertTrue(told.await(10, SECONDS));
      assertEquals(asked, elsewhere.now(asked));
    }
  }

  /// Returns once the hints of this broker come; that all before may have been missed was said by
  /// then.
  private void awaitHints(Database there) throws InterruptedException {
    var heard = new LinkedBlockingQueue<String>();
    there.onHint(heard::add);
    while (!"ready".equals(heard.poll(100, MILLISECONDS))) {
      database.write(tx -> hint(tx, "ready"));
    }
  }

  private static int hint(Tx tx, String text) {
    tx.hint(text);
    return 1;
  }
}
