package dev.keyward.server;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.catalog.ExampleCatalogs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Calls that are held until people have decided, and the tools by which an agent follows them.
@Timeout(120)
final class HeldCallsTest {
  private static final Executor THREADS = Executors.newVirtualThreadPerTaskExecutor();
  private static final String TICKET = "{\"ticket_id\":\"4812\"}";
  private static final String NOTE = TestBroker.NOTE;
  private static final String WAITS =
      "approvals: {max_pending_per_agent: 1000, hold_seconds: {test: 3600}}\n";

  @TempDir Path folder;
  private TestBroker broker;
  private StandIn upstream;

  @BeforeEach
  void start() throws Exception {
    broker = TestBroker.in(folder, WAITS);
    upstream = broker.upstream();
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void aHeldCallGoesOnWhenPeopleAgree() throws Exception {
    AgentClient agent = broker.agent("a1", "crm.*");
    var held = call(agent, NOTE);
    String approval = pending(1).getFirst();
    assertEquals(List.of(), upstream.writes());

    assertEquals(303, broker.signIn("olga").approve(approval));

    assertEquals("ok", held.get(60, SECONDS).code());
    assertEquals(1, upstream.writes().size());
    assertEquals("done", broker.state(approval));
  }

  @Test
  void aHeldCallHearsWhyPeopleSaidNo() throws Exception {
    AgentClient agent = broker.agent("a1", "crm.*");
    var held = call(agent, NOTE);
    String approval = pending(1).getFirst();

    broker.signIn("olga").deny(approval, "Wrong ticket");

    Called refused = held.get(60, SECONDS);
    assertEquals("not_approved", refused.code());
    assertTrue(refused.text().contains("Wrong ticket"), refused.text());
    assertEquals(List.of(), upstream.writes());
  }

  @Test
  void aClientThatIsNotKnownToWaitIsAnsweredAtOnce() throws Exception {
    broker.configure("approvals: {hold_seconds: {somebody-else: 3600}}\n");
    broker.stop();
    broker.start();

    assertEquals("pending", broker.agent("a1", "crm.*").call("crm.add_note", NOTE).code());
  }

  @Test
  void whatWasNotDecidedInTimeIsPendingAndCanStillBeRedeemed() throws Exception {
    broker.configure("approvals: {hold_seconds: {test: 1}}\n");
    broker.stop();
    broker.start();
    AgentClient agent = broker.agent("a1", "crm.*");

    Called pending = agent.call("crm.add_note", NOTE);
    assertEquals("pending", pending.code());
    broker.signIn("olga").approve(pending.approval());

    assertEquals("ok", agent.call("crm.add_note", NOTE).code());
    assertEquals(1, upstream.writes().size());
  }

  /// The gate decides again when the hold ends: what was agreed to is not what would run.
  @Test
  void aHeldCallWhoseToolChangedMeanwhileDoesNotRun() throws Exception {
    AgentClient agent = broker.agent("a1", "crm.*");
    var held = call(agent, NOTE);
    String approval = pending(1).getFirst();
    broker.catalog(
        "crm.yaml",
        ExampleCatalogs.text("crm.yaml")
            .replace("/api/tickets/{ticket_id}/notes", "/api/all/{ticket_id}/notes"));

    broker.signIn("olga").approve(approval);

    assertNotEquals("ok", held.get(60, SECONDS).code());
    assertEquals(List.of(), upstream.writes());
  }

  @Test
  void aHeldCallOfARevokedAgentDoesNotRun() throws Exception {
    AgentClient agent = broker.agent("a1", "crm.*");
    var held = call(agent, NOTE);
    pending(1);

    broker.operate("agent.revoke", "{\"name\":\"a1\"}");

    assertNotEquals("ok", held.get(60, SECONDS).code());
    assertEquals(List.of(), upstream.writes());
  }

  /// Nothing runs without a live request: an approval alone does nothing.
  @Test
  void anApprovalAfterTheCallWasTakenBackRunsNothing() throws Exception {
    AgentClient agent = broker.agent("a1", "crm.*");
    var held = call(agent, NOTE);
    String approval = pending(1).getFirst();
    agent.cancelLast();
    held.get(60, SECONDS);

    broker.signIn("olga").approve(approval);

    assertEquals("approved", broker.state(approval));
    assertEquals(List.of(), upstream.writes());
  }

  @Test
  void twoIdenticalHeldCallsRunOnce() throws Exception {
    AgentClient agent = broker.agent("a1", "crm.*");
    var one = call(agent, NOTE);
    String approval = pending(1).getFirst();
    var other = call(agent, NOTE);

    broker.signIn("olga").approve(approval);

    var first = CompletableFuture.anyOf(one, other);
    assertTrue(first.handle((_, _) -> true).get(60, SECONDS));
    broker.operate("agent.revoke", "{\"name\":\"a1\"}"); // ends what is held still
    one.get(60, SECONDS);
    other.get(60, SECONDS);
    assertEquals(1, upstream.writes().size());
  }

  /// More than an agent and a tool may have in flight: held calls take none of it.
  @Test
  void heldCallsTakeNoPlaceFromOthers() throws Exception {
    AgentClient agent = broker.agent("a1", "crm.*");
    List<CompletableFuture<Called>> held = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      held.add(call(agent, NOTE.replace("customer", "customer " + i)));
      if (held.size() % 20 == 0) {
        pending(held.size()); // until it is held, a call takes a place
      }
    }

    assertEquals("ok", agent.call("crm.read_ticket", TICKET).code());
    assertFalse(held.stream().anyMatch(CompletableFuture::isDone));
    broker.operate("agent.revoke", "{\"name\":\"a1\"}");
    CompletableFuture.allOf(held.toArray(CompletableFuture[]::new)).get(60, SECONDS);
  }

  @Test
  void anAgentSeesHowItsRequestStandsAndTakesItBack() throws Exception {
    AgentClient agent = broker.agent("a1", "crm.*");
    var held = call(agent, NOTE);
    String approval = pending(1).getFirst();

    assertEquals("pending", about(agent, "status", approval).code());
    assertEquals("cancelled", about(agent, "cancel", approval).code());

    assertEquals("cancelled", held.get(60, SECONDS).code());
    assertEquals("cancelled", broker.state(approval));
    assertNotEquals(303, broker.signIn("olga").approve(approval));
    assertEquals("cancelled", about(agent, "status", approval).code());
  }

  @Test
  void anotherAgentCanNeitherSeeNorTakeBackARequest() throws Exception {
    AgentClient agent = broker.agent("a1", "crm.*");
    var _ = call(agent, NOTE);
    String approval = pending(1).getFirst();
    AgentClient other = broker.agent("a2", "crm.*");

    assertEquals("invalid_arguments", about(other, "status", approval).code());
    assertEquals("invalid_arguments", about(other, "cancel", approval).code());

    assertEquals("pending", broker.state(approval));
  }

  @Test
  void whatHasRunCannotBeTakenBack() throws Exception {
    AgentClient agent = broker.agent("a1", "crm.*");
    var held = call(agent, NOTE);
    String approval = pending(1).getFirst();
    broker.signIn("olga").approve(approval);
    assertEquals("ok", held.get(60, SECONDS).code());

    assertEquals("used", about(agent, "cancel", approval).code());
    assertEquals("done", broker.state(approval));
  }

  private static Called about(AgentClient agent, String what, String approval) {
    return agent.call("keyward.approval_" + what, "{\"approval\":\"" + approval + "\"}");
  }

  private CompletableFuture<Called> call(AgentClient agent, String note) {
    agent.list(); // so that it has its session
    return CompletableFuture.supplyAsync(() -> agent.call("crm.add_note", note), THREADS);
  }

  /// {@return the approvals that wait for people, once there are so many}
  private List<String> pending(int count) {
    List<String> names = new ArrayList<>();
    while (names.size() < count) {
      assertFalse(Thread.currentThread().isInterrupted(), "the time of the test is over");
      names.clear();
      JsonNode listed = broker.operate("approvals.list", "{\"limit\":1000}");
      listed.forEach(request -> names.add(request.path("approval").asString()));
    }
    return names;
  }
}
