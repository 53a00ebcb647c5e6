package dev.keyward.server;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.store.CutWire;
import dev.keyward.store.PostgresSettings;
import dev.keyward.store.TestPostgres;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What is stopped at one broker is stopped at the other.
@Timeout(180)
final class StopReplicasTest {
  private static final Executor THREADS = Executors.newVirtualThreadPerTaskExecutor();
  private static final String TICKET = "{\"ticket_id\":\"4812\"}";
  private static final String STOP = "{\"kind\":\"tool\",\"name\":\"crm.*\"}";

  @TempDir Path folder;
  private final PostgresSettings database = TestPostgres.shared().database();
  private final String settings = TestBroker.on(database);
  private TestBroker one;
  private TestBroker two;
  private AgentClient there;

  @BeforeEach
  void start() throws Exception {
    one = TestBroker.in(folder, settings);
    two = one.sister(folder, settings);
    there = two.visited(one.agent("a1", "crm.*"));
    while (!there.call("crm.read_ticket", TICKET).code().equals("ok")) {
      Thread.onSpinWait(); // a new key is known within a second
    }
  }

  @AfterEach
  void stop() {
    two.close();
    one.close();
  }

  @Test
  void aStopAtOneBrokerHoldsAtTheOtherUntilItIsLiftedAtEither() {
    one.operate("stop", STOP);

    untilStopped();
    int sent = one.upstream().journal().size();
    assertEquals("stopped", there.call("crm.read_ticket", TICKET).code());
    assertEquals(sent, one.upstream().journal().size());
    two.operate("resume", STOP);
    assertEquals("ok", there.call("crm.read_ticket", TICKET).code());
  }

  @Test
  void aReadUnderWayAtTheOtherBrokerIsNotAnswered() throws Exception {
    var arrived = new CountDownLatch(1);
    one.upstream()
        .answers(
            exchange -> {
              arrived.countDown();
              untilStoppedAt(one);
              StandIn.json("{\"id\":\"4812\",\"subject\":\"Late\"}").answer(exchange);
            });
    Future<Called> call =
        CompletableFuture.supplyAsync(() -> there.call("crm.read_ticket", TICKET), THREADS);
    assertTrue(arrived.await(30, SECONDS));

    one.operate("stop", STOP);

    Called kept = call.get(60, SECONDS);
    assertFalse(kept.raw().contains("Late"), kept.raw());
    assertEquals("stopped", kept.code());
  }

  @Test
  void aBrokerThatCannotHearOfAStopServesNothingAfterASecond() throws Exception {
    try (var wire = new CutWire(database);
        var cutOff = one.sister(folder.resolve("third"), TestBroker.on(wire.through(database)))) {
      AgentClient agent = cutOff.visited(there);
      while (!agent.call("crm.read_ticket", TICKET).code().equals("ok")) {
        Thread.onSpinWait();
      }
      wire.cut();
      one.operate("stop", STOP);
      untilStoppedAt(one);
      int sent = one.upstream().journal().size();

      for (int i = 0; i < 5; i++) {
        assertEquals(503, agent.call("crm.read_ticket", TICKET).status());
      }
      wire.mend();

      assertEquals(sent, one.upstream().journal().size());
      while (agent.call("crm.read_ticket", TICKET).status() == 503) {
        Thread.onSpinWait();
      }
      assertEquals("stopped", agent.call("crm.read_ticket", TICKET).code());
      assertEquals(sent, one.upstream().journal().size());
    }
  }

  /// Longer than the second within which every broker knows.
  private static void untilStoppedAt(TestBroker broker) {
    while (broker.operate("stop.list", "{}").isEmpty()) {
      Thread.onSpinWait();
    }
    long known = System.nanoTime() + SECONDS.toNanos(2);
    while (System.nanoTime() < known) {
      Thread.onSpinWait();
    }
  }

  private void untilStopped() {
    while (!there.call("crm.read_ticket", TICKET).code().equals("stopped")) {
      Thread.onSpinWait();
    }
  }
}
