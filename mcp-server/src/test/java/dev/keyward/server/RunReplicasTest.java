package dev.keyward.server;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.store.PostgresSettings;
import dev.keyward.store.TestPostgres;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A run is one at two brokers over one PostgreSQL database, and so is what is left of its grants.
@Timeout(180)
final class RunReplicasTest {
  private static final Executor THREADS = Executors.newVirtualThreadPerTaskExecutor();
  private static final String READ = "{\"record\":\"7\"}";
  private static final int CALLERS = 100;
  private static final long MILLI = 1_000_000;

  @TempDir Path folder;
  private final PostgresSettings database = TestPostgres.shared().database();
  private final String settings =
      TestBroker.on(database)
          + """
          approvals: {single_operator: true}
          policy: {allow: [{tool: desk.pay}]}
          """;
  private TestBroker one;
  private TestBroker two;
  private RunDoor runs;
  private AgentClient agent;

  @BeforeEach
  void start() throws Exception {
    one = TestBroker.in(folder, settings);
    two = one.sister(folder, settings);
    one.catalog("desk.yaml", RunsTest.DESK);
    two.catalog("desk.yaml", RunsTest.DESK);
    runs = new RunDoor(one);
    agent = one.agent("a1", "desk.*");
  }

  @AfterEach
  void stop() {
    two.close();
    one.close();
  }

  @Test
  void ofAHundredThreadsAtTwoBrokersTenSpendAGrantOfTen() throws Exception {
    RunDoor.Reply run =
        runs.open(
            agent.key(),
            "[{\"tools\":[\"desk.*\"],\"calls\":10,"
                + "\"budget\":{\"sum\":\"amount\",\"at_most\":1000}}]");
    eventually(() -> in(two, run).list().status() == 200);
    var together = new CyclicBarrier(CALLERS);

    List<Future<Called>> calls = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      TestBroker broker = i % 2 == 0 ? one : two;
      String pay = "{\"amount\":1,\"to\":\"p" + i + "\"}";
      calls.add(
          CompletableFuture.supplyAsync(
              () -> {
                meet(together);
                return in(broker, run).call("desk.pay", pay);
              },
              THREADS));
    }
    int done = 0;
    for (Future<Called> call : calls) {
      done += call.get(90, SECONDS).code().equals("ok") ? 1 : 0;
    }

    assertEquals(10, done);
    assertEquals(10, one.upstream().writes().size());
    assertEquals(
        10, runs.show(agent.key(), run.run()).body().at("/grants/0/used/calls").intValue());
  }

  @Test
  void aRunEndedAtOneBrokerIsOverAtTheOther() {
    RunDoor.Reply outer = runs.open(agent.key(), "[{\"tools\":[\"desk.*\"]}]");
    RunDoor.Reply inner = runs.post(outer.token(), "{\"purpose\":\"inner\"}");
    AgentClient there = in(two, inner);
    eventually(() -> there.call("desk.read", READ).code().equals("ok"));

    runs.end(agent.key(), outer.run());

    eventually(() -> there.call("desk.read", READ).status() == 401);
    int sent = one.upstream().journal().size();
    assertEquals(401, there.call("desk.read", READ).status());
    assertEquals(sent, one.upstream().journal().size());
  }

  private static AgentClient in(TestBroker broker, RunDoor.Reply run) {
    return broker.stranger(run.token());
  }

  /// Another broker hears of a change within a second.
  private static void eventually(BooleanSupplier condition) {
    long end = System.nanoTime() + SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "not within 30 s");
      LockSupport.parkNanos(20 * MILLI);
    }
  }

  private static void meet(CyclicBarrier barrier) {
    try {
      barrier.await(60, SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
