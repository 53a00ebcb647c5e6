package dev.keyward.server;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Calls that end while they are under way: taken back by the agent, or ended by the broker.
@Timeout(120)
final class CallsEndedTest {
  private static final Executor THREADS = Executors.newVirtualThreadPerTaskExecutor();
  private static final String TICKET = "{\"ticket_id\":\"4812\"}";
  private static final String NOTE = TestBroker.NOTE;
  private static final int REVOKED = 40;

  /// A call begins within two milliseconds or so.
  private static final long STEP_NANOS = 100_000;

  @TempDir Path folder;
  private TestBroker broker;
  private StandIn upstream;
  private final CountDownLatch arrived = new CountDownLatch(1);
  private final CountDownLatch go = new CountDownLatch(1);

  @BeforeEach
  void start() throws Exception {
    broker = TestBroker.in(folder);
    upstream = broker.upstream();
    upstream.answers(StandIn.held(arrived, go, StandIn.json("{\"id\":\"4812\"}")));
  }

  @AfterEach
  void stop() {
    go.countDown();
    broker.close();
  }

  @Test
  void aReadThatIsTakenBackEndsThoughTheCompanyNeverAnswers() throws Exception {
    AgentClient agent = broker.agent("a1", "crm.*");
    var reading = call(agent, "crm.read_ticket", TICKET);
    arrived.await();

    agent.cancelLast();

    assertFalse(reading.get(60, SECONDS).message().has("result"));
    assertEquals("cancelled", outcome().path("code").asString());
    assertEquals("failed", outcome().at("/event/outcome/ending").asString());
  }

  @Test
  void aWriteThatIsTakenBackOnItsWayIsRecordedAsWhatItDid() throws Exception {
    AgentClient agent = broker.agent("a1", "crm.*");
    String approval = agent.call("crm.add_note", NOTE).approval();
    broker.signIn("olga").approve(approval);
    var writing = call(agent, "crm.add_note", NOTE);
    arrived.await();

    agent.cancelLast();
    go.countDown();

    assertFalse(writing.get(60, SECONDS).message().has("result"));
    assertEquals("ok", outcome().path("code").asString());
    assertEquals("done", broker.state(approval));
  }

  @Test
  void aReadOfARevokedAgentEndsThoughTheCompanyNeverAnswers() throws Exception {
    AgentClient agent = broker.agent("a1", "crm.*");
    var reading = call(agent, "crm.read_ticket", TICKET);
    arrived.await();

    broker.operate("agent.revoke", "{\"name\":\"a1\"}");

    assertFalse(reading.get(60, SECONDS).raw().contains("4812"));
    assertEquals("unauthenticated", outcome().path("code").asString());
  }

  @Test
  void theCallsOfOthersGoOn() throws Exception {
    AgentClient other = broker.agent("a2", "crm.*");
    broker.agent("a1", "crm.*").list();
    var reading = call(other, "crm.read_ticket", TICKET);
    arrived.await();

    broker.operate("agent.revoke", "{\"name\":\"a1\"}");
    go.countDown();

    assertEquals("ok", reading.get(60, SECONDS).code());
  }

  @Test
  void waitingForPeopleEndsWhenItIsTakenBack() throws Exception {
    AgentClient agent = broker.agent("a1", "crm.*");
    String approval = agent.call("crm.add_note", NOTE).approval();
    var waiting = CompletableFuture.supplyAsync(() -> agent.awaitApproval(approval, 45), THREADS);

    while (!waiting.isDone()) {
      agent.cancelLast(); // until it has begun, there is nothing to take back
    }

    assertFalse(waiting.get().message().has("result"));
    assertEquals("pending", broker.state(approval));
  }

  @Test
  void waitingForPeopleEndsWithTheAgent() throws Exception {
    AgentClient agent = broker.agent("a1", "crm.*");
    String approval = agent.call("crm.add_note", NOTE).approval();
    var waiting = CompletableFuture.supplyAsync(() -> agent.awaitApproval(approval, 45), THREADS);

    broker.operate("agent.revoke", "{\"name\":\"a1\"}");

    assertTrue(waiting.get(30, SECONDS).failed());
    assertEquals("cancelled", broker.state(approval));
  }

  @Test
  void aCallIsAnsweredAtWhateverMomentTheKeyIsRevoked() throws Exception {
    for (int i = 0; i < REVOKED; i++) {
      AgentClient agent = broker.agent("a" + i, "crm.*");
      String approval = agent.call("crm.add_note", NOTE).approval();
      var waiting = CompletableFuture.supplyAsync(() -> agent.awaitApproval(approval, 45), THREADS);
      LockSupport.parkNanos(i * STEP_NANOS);

      broker.operate("agent.revoke", "{\"name\":\"a%d\"}".formatted(i));

      Called answered = waiting.get(30, SECONDS);
      assertTrue(answered.failed(), answered.raw());
    }
  }

  private CompletableFuture<Called> call(AgentClient agent, String tool, String arguments) {
    return CompletableFuture.supplyAsync(() -> agent.call(tool, arguments), THREADS);
  }

  private JsonNode outcome() {
    return broker.operate("audit.list", "{\"type\":\"call.outcome\"}").get(0);
  }
}
