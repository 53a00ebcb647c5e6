package dev.keyward.server;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What nobody knew, people find out: once, independently, and recorded.
@Timeout(120)
abstract class SettleContract {
  private static final Executor THREADS = Executors.newVirtualThreadPerTaskExecutor();
  private static final String REFUND = TestBroker.REFUND;
  private static final String FOUND = "Looked at the charge";
  private static final int PEOPLE = 20;

  @TempDir Path folder;
  private TestBroker broker;
  private StandIn upstream;
  private AgentClient agent;
  private Reviewer rex;
  private Reviewer rita;

  /// {@return the settings that put a broker on the database of this contract, in YAML}
  abstract String database();

  @BeforeEach
  void start() throws Exception {
    broker = TestBroker.in(folder, database());
    upstream = broker.upstream();
    agent = broker.agent("a1", "stripe.*");
    rex = broker.reviewer("rex");
    rita = broker.reviewer("rita");
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void whatHappenedIsToldOnceAndTheNextCallIsAnotherAction() {
    String approval = unknown();
    String call = call();

    assertEquals(303, settle(rex, call, "happened"));

    assertEquals("done", broker.state(approval));
    Called told = agent.call("stripe.create_refund", REFUND);
    assertEquals("identical_call_happened", told.code());
    assertTrue(told.text().contains(FOUND), told.text());
    assertEquals(1, upstream.writes().size());
    approve();
    assertEquals("ok", agent.call("stripe.create_refund", REFUND).code());
    assertEquals(2, upstream.writes().size());
    assertNotEquals(key(0), key(1));
  }

  @Test
  void whatDidNotHappenMayBeDoneWithANewApprovalAndTheSameKey() {
    String approval = unknown();
    String call = call();

    assertEquals(303, settle(rex, call, "did_not_happen"));

    assertEquals("done", broker.state(approval));
    assertEquals("pending", agent.call("stripe.create_refund", REFUND).code());
    assertEquals(1, upstream.writes().size());
    approve();
    assertEquals("ok", agent.call("stripe.create_refund", REFUND).code());
    assertEquals(key(0), key(1));
  }

  @Test
  void whoOwnsTheAgentSeesItAndMayNotSettleIt() {
    unknown();
    String call = call();
    Reviewer olga = broker.signIn("olga");

    assertTrue(olga.get("/unknown/" + call).body().contains(call));
    assertEquals(403, settle(olga, call, "did_not_happen"));

    assertEquals("identical_call_unknown", agent.call("stripe.create_refund", REFUND).code());
    assertEquals(List.of(), settlements(call));
  }

  @Test
  void ofManyWhoSettleAtOnceOneCountsAndOneIsRecorded() throws Exception {
    unknown();
    String call = call();
    var together = new CyclicBarrier(PEOPLE);

    List<Future<Integer>> answers = new ArrayList<>();
    for (int i = 0; i < PEOPLE; i++) {
      String effect = i % 2 == 0 ? "happened" : "did_not_happen";
      answers.add(
          CompletableFuture.supplyAsync(
              () -> {
                meet(together);
                return settle(rex, call, effect);
              },
              THREADS));
    }
    List<Integer> statuses = new ArrayList<>();
    for (Future<Integer> answer : answers) {
      statuses.add(answer.get(60, SECONDS));
    }

    assertEquals(1, statuses.stream().filter(status -> status == 303).count(), statuses.toString());
    assertEquals(
        PEOPLE - 1, statuses.stream().filter(status -> status == 409).count(), statuses.toString());
    assertEquals(1, settlements(call).size());
  }

  @Test
  void anIdenticalCallDuringTheSettlementRunsAtMostOnceMore() throws Exception {
    unknown();
    String call = call();
    var together = new CyclicBarrier(2);

    Future<Integer> settled =
        CompletableFuture.supplyAsync(
            () -> {
              meet(together);
              return settle(rex, call, "did_not_happen");
            },
            THREADS);
    meet(together);
    String code = agent.call("stripe.create_refund", REFUND).code();

    assertEquals(303, settled.get(60, SECONDS));
    assertTrue(List.of("identical_call_unknown", "pending").contains(code), code);
    assertEquals(1, upstream.writes().size());
  }

  @Test
  void theRecordSaysWhoFoundWhatAndNotTheirWords() {
    unknown();
    String call = call();
    settle(rex, call, "happened");

    String record = settlements(call).getFirst();

    assertTrue(record.contains("\"effect\":\"happened\""), record);
    assertTrue(record.contains("\"person\":\"rex\""), record);
    assertTrue(record.contains("\"independence\":\"independent\""), record);
    assertTrue(!record.contains(FOUND), record);
  }

  /// Makes a write of which nobody knows whether it took effect, and returns its approval.
  private String unknown() {
    String approval = approve();
    upstream.answers(StandIn.cut());
    assertEquals("outcome_unknown", agent.call("stripe.create_refund", REFUND).code());
    upstream.answers("{\"id\":\"1\"}");
    return approval;
  }

  private String approve() {
    String approval = agent.call("stripe.create_refund", REFUND).approval();
    assertEquals(303, rex.approve(approval));
    assertEquals(303, rita.approve(approval));
    return approval;
  }

  private String call() {
    return broker
        .operate("audit.list", "{\"type\":\"call.outcome\"}")
        .at("/0/event/call")
        .stringValue();
  }

  private static int settle(Reviewer person, String call, String effect) {
    return person.submit("/unknown/" + call, Map.of("effect", effect, "note", FOUND));
  }

  private List<String> settlements(String call) {
    return broker
        .operate("audit.list", "{\"type\":\"call.settled\",\"call\":\"" + call + "\"}")
        .valueStream()
        .map(record -> record.get("event").toString())
        .toList();
  }

  private String key(int write) {
    return upstream.writes().get(write).idempotency().orElse("none");
  }

  private static void meet(CyclicBarrier barrier) {
    try {
      barrier.await(30, SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
