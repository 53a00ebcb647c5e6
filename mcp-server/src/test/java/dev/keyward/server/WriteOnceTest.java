package dev.keyward.server;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A write happens once, or people are told that nobody knows.
@Timeout(120)
final class WriteOnceTest {
  private static final Executor THREADS = Executors.newVirtualThreadPerTaskExecutor();
  private static final String TICKET = "{\"ticket_id\":\"4812\"}";
  private static final String NOTE = TestBroker.NOTE;
  private static final String REFUND = TestBroker.REFUND;
  private static final int CALLERS = 20;

  @TempDir Path folder;
  private TestBroker broker;
  private StandIn upstream;

  @BeforeEach
  void start() throws Exception {
    broker = TestBroker.in(folder, "approvals: {single_operator: true}\n");
    upstream = broker.upstream();
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void aWriteThatBreaksOffIsUnknownEverywhereAndNotRepeated() {
    AgentClient agent = broker.agent("a1", "crm.*");
    String approval = approved(agent, "crm.add_note", NOTE);
    upstream.answers(StandIn.cut());

    Called unknown = agent.call("crm.add_note", NOTE);

    assertEquals("outcome_unknown", unknown.code());
    assertTrue(unknown.failed());
    assertEquals("unknown", broker.state(approval));
    assertEquals("unknown", ending(unknown));
    upstream.answers("{\"id\":\"1\"}");
    Called again = agent.call("crm.add_note", NOTE);
    assertEquals("identical_call_unknown", again.code());
    assertTrue(again.text().contains(unknown.call()), again.text());
    assertEquals(1, upstream.writes().size());
  }

  @Test
  void aNewKeyAndRunIsNoWayAroundAnUnknownWrite() {
    AgentClient agent = broker.agent("a1", "crm.*");
    approved(agent, "crm.add_note", NOTE);
    upstream.answers(StandIn.cut());
    agent.call("crm.add_note", NOTE);
    upstream.answers("{\"id\":\"1\"}");

    String fresh = broker.operate("agent.rotate", "{\"name\":\"a1\"}").get("key").stringValue();

    assertEquals("identical_call_unknown", agent.with(fresh).call("crm.add_note", NOTE).code());
    assertEquals(1, upstream.writes().size());
  }

  @Test
  void anUnknownWriteIsStillUnknownAfterARestart() throws Exception {
    AgentClient agent = broker.agent("a1", "crm.*");
    approved(agent, "crm.add_note", NOTE);
    upstream.answers(StandIn.cut());
    agent.call("crm.add_note", NOTE);

    broker.stop();
    broker.start();

    assertEquals(
        "identical_call_unknown", agent.with(agent.key()).call("crm.add_note", NOTE).code());
    assertEquals(1, upstream.writes().size());
  }

  @Test
  void anotherWriteIsNotHeldUpByAnUnknownOne() {
    AgentClient agent = broker.agent("a1", "crm.*");
    approved(agent, "crm.add_note", NOTE);
    upstream.answers(StandIn.cut());
    agent.call("crm.add_note", NOTE);
    upstream.answers("{\"id\":\"1\"}");

    String other = NOTE.replace("4812", "4813");
    approved(agent, "crm.add_note", other);

    assertEquals("ok", agent.call("crm.add_note", other).code());
  }

  @Test
  void aReadThatBreaksOffMayBeRepeated() {
    AgentClient agent = broker.agent("a1", "crm.*");
    upstream.answers(StandIn.cut());
    assertEquals("upstream_unusable", agent.call("crm.read_ticket", TICKET).code());

    upstream.answers("{\"id\":\"4812\"}");

    assertEquals("ok", agent.call("crm.read_ticket", TICKET).code());
  }

  @Test
  void aWriteThatWasProvablyNotSentGivesItsApprovalBack() {
    AgentClient agent = broker.agent("a1", "crm.*");
    String approval = approved(agent, "crm.add_note", NOTE);
    upstream.goDown();
    Called down = agent.call("crm.add_note", NOTE);
    assertEquals("upstream_unreachable", down.code());
    assertEquals("not_sent", ending(down));
    assertEquals("approved", broker.state(approval));

    upstream.comeBack();

    assertEquals("ok", agent.call("crm.add_note", NOTE).code());
    assertEquals("done", broker.state(approval));
    assertEquals("pending", agent.call("crm.add_note", NOTE).code());
    assertEquals(1, upstream.writes().size());
  }

  @Test
  void ofTwentyIdenticalCallsAtOnceOneRuns() throws Exception {
    AgentClient agent = broker.agent("a1", "crm.*");
    approved(agent, "crm.add_note", NOTE);
    var together = new CyclicBarrier(CALLERS);

    List<Future<Called>> calls = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      calls.add(
          CompletableFuture.supplyAsync(
              () -> {
                meet(together);
                return agent.call("crm.add_note", NOTE);
              },
              THREADS));
    }
    List<String> codes = new ArrayList<>();
    for (Future<Called> call : calls) {
      codes.add(call.get(60, SECONDS).code());
    }

    assertEquals(1, codes.stream().filter("ok"::equals).count(), codes.toString());
    assertEquals(1, upstream.writes().size());
    assertTrue(
        List.of(
                "ok",
                "pending",
                "identical_call_open",
                "approval_expired",
                "too_many",
                "too_many_questions")
            .containsAll(codes),
        codes.toString());
  }

  @Test
  void anIdenticalCallWhileOneIsUnderWayIsRefused() throws Exception {
    AgentClient agent = broker.agent("a1", "crm.*");
    approved(agent, "crm.add_note", NOTE);
    var arrived = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    upstream.answers(StandIn.held(arrived, release, StandIn.json("{\"id\":\"1\"}")));
    Future<Called> first =
        CompletableFuture.supplyAsync(() -> agent.call("crm.add_note", NOTE), THREADS);
    assertTrue(arrived.await(30, SECONDS));

    Called second = agent.call("crm.add_note", NOTE);
    release.countDown();

    assertEquals("identical_call_open", second.code());
    assertEquals("ok", first.get(30, SECONDS).code());
    assertEquals(1, upstream.writes().size());
  }

  @Test
  void theIdempotencyKeyStaysUntilTheOutcomeHasBeenTold() throws Exception {
    Reviewer rex = broker.reviewer("rex");
    AgentClient agent = broker.agent("a1", "stripe.create_refund");
    var arrived = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    upstream.answers(StandIn.held(arrived, release, StandIn.json("{\"id\":\"re_1\"}")));
    rex.approve(agent.call("stripe.create_refund", REFUND).approval());
    Future<Called> lost =
        CompletableFuture.supplyAsync(() -> agent.call("stripe.create_refund", REFUND), THREADS);
    assertTrue(arrived.await(30, SECONDS));
    agent.cancelLast();
    release.countDown();
    assertNotEquals("ok", lost.get(30, SECONDS).code());

    rex.approve(agent.call("stripe.create_refund", REFUND).approval());
    assertEquals("ok", agent.call("stripe.create_refund", REFUND).code());
    rex.approve(agent.call("stripe.create_refund", REFUND).approval());
    assertEquals("ok", agent.call("stripe.create_refund", REFUND).code());

    List<String> keys =
        upstream.writes().stream().map(seen -> seen.idempotency().orElseThrow()).toList();
    assertEquals(3, keys.size());
    assertEquals(keys.get(0), keys.get(1));
    assertNotEquals(keys.get(1), keys.get(2));
  }

  @Test
  void anotherCallHasAnotherIdempotencyKey() {
    Reviewer rex = broker.reviewer("rex");
    AgentClient agent = broker.agent("a1", "stripe.*");
    for (String refund : List.of(REFUND, REFUND.replace("500", "501"))) {
      rex.approve(agent.call("stripe.create_refund", refund).approval());
      assertEquals("ok", agent.call("stripe.create_refund", refund).code());
    }

    assertEquals(2, upstream.writes().stream().map(StandIn.Seen::idempotency).distinct().count());
  }

  @Test
  void aWriteLeftOpenByACrashIsUnknownAtTheNextStart() throws Exception {
    AgentClient agent = broker.agent("a1", "crm.*");
    String approval = approved(agent, "crm.add_note", NOTE);
    upstream.answers(
        exchange -> {
          crashHere();
          StandIn.json("{\"id\":\"1\"}").answer(exchange);
        });
    String call = agent.call("crm.add_note", NOTE).call();

    broker.startFromSnapshot();

    assertEquals(
        List.of("approval.consumed", "call.intent", "approval.unknown", "call.unknown"),
        broker.trail(call));
    assertEquals("unknown", broker.state(approval));
    upstream.answers("{\"id\":\"1\"}");
    assertEquals(
        "identical_call_unknown", agent.with(agent.key()).call("crm.add_note", NOTE).code());
    assertEquals(1, upstream.writes().size());
  }

  @Test
  void aReadLeftOpenByACrashIsClosedAsNotRecorded() throws Exception {
    AgentClient agent = broker.agent("a1", "crm.*");
    upstream.answers(
        exchange -> {
          // whatever is written after the intent is durable after it
          broker.operate("person.link", "{\"name\":\"olga\"}");
          crashHere();
          StandIn.json("{\"id\":\"1\"}").answer(exchange);
        });
    String call = agent.call("crm.read_ticket", TICKET).call();

    broker.startFromSnapshot();

    assertEquals(List.of("call.intent", "call.not_recorded"), broker.trail(call));
    broker.stop();
    broker.start();
    assertEquals(List.of("call.intent", "call.not_recorded"), broker.trail(call));
  }

  @Test
  void anApprovalUsedBeforeACrashIsNotUsedAgain() throws Exception {
    AgentClient agent = broker.agent("a1", "crm.*");
    String approval = approved(agent, "crm.add_note", NOTE);
    agent.call("crm.add_note", NOTE);
    broker.snapshot();

    broker.startFromSnapshot();

    assertEquals("done", broker.state(approval));
    assertEquals("pending", agent.with(agent.key()).call("crm.add_note", NOTE).code());
    assertEquals(1, upstream.writes().size());
  }

  @Test
  void aTaskWhoseBrokerDiesOverAWriteEndsAsUnknownAndWritesNoMore() throws Exception {
    TaskClient agent = TaskClient.of(broker, broker.agent("a1", "crm.*"));
    String task = agent.task("crm.add_note", NOTE);
    String approval = agent.approval(task);
    var go = new CountDownLatch(1);
    var arrived = new CountDownLatch(1);
    upstream.answers(StandIn.held(arrived, go, StandIn.json("{\"id\":\"1\"}")));
    assertEquals(303, broker.signIn("olga").approve(approval));
    assertTrue(arrived.await(60, SECONDS));
    broker.snapshot();
    go.countDown();

    broker.startFromSnapshot();

    assertEquals("outcome_unknown", TaskClient.code(agent.end(task)));
    assertEquals("unknown", broker.state(approval));
    assertEquals(1, upstream.writes().size());
  }

  private String approved(AgentClient agent, String tool, String arguments) {
    String approval = agent.call(tool, arguments).approval();
    assertEquals(303, broker.signIn("olga").approve(approval));
    return approval;
  }

  private String ending(Called call) {
    JsonNode outcomes =
        broker.operate(
            "audit.list", "{\"type\":\"call.outcome\",\"call\":\"" + call.call() + "\"}");
    return outcomes.at("/0/event/outcome/ending").asString("");
  }

  private void crashHere() {
    try {
      broker.snapshot();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void meet(CyclicBarrier barrier) {
    try {
      barrier.await(30, SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
