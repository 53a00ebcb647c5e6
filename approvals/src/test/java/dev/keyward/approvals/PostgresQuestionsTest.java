package dev.keyward.approvals;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.keyward.approvals.QuestionLimits.Most;
import dev.keyward.store.Database;
import dev.keyward.store.PostgresDatabase;
import dev.keyward.store.PostgresSettings;
import dev.keyward.store.TestPostgres;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PostgresQuestionsTest extends QuestionsContract {
  private static final Duration REFILL = Duration.ofSeconds(30);

  private final PostgresSettings settings = TestPostgres.shared().database();

  @Override
  Database open() {
    return PostgresDatabase.open(settings);
  }

  @Test
  void twoBrokersAreNoWayToTwiceAsManyQuestions() throws Exception {
    ApprovalSettings limits = limits(new Most(1000, 9, REFILL), new Most(7, 1000, REFILL));
    try (Database there = PostgresDatabase.open(settings.as("elsewhere"))) {
      flood(at.restarted(limits), elsewhere(there, limits));

      assertEquals(7, waiting(), "on account of one person");
      at.clock.advance(ApprovalsFixture.SETTINGS.expiry());
      at.approvals.expireDue();
      ApprovalSettings roomy =
          limits(new Most(1000, 9, REFILL), new Most(1000, 1000, Duration.ofMillis(1)));
      flood(at.restarted(roomy), elsewhere(there, roomy));
      assertEquals(9, waiting(), "set off by one agent");
    }
  }

  private Approvals elsewhere(Database there, ApprovalSettings limits) {
    var random = new Random(at.random.nextLong());
    return new Approvals(
        there, at.clock, random, TestSeal.make(), new RecordingListener(), at.people, limits);
  }
}
