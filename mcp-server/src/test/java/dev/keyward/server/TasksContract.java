package dev.keyward.server;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Calls that go on as tasks: durable, their agent's alone, run once, and over when they should be.
@Timeout(120)
abstract class TasksContract {
  private static final Executor THREADS = Executors.newVirtualThreadPerTaskExecutor();
  private static final String TICKET = "{\"ticket_id\":\"4812\"}";
  private static final String NOTE = TestBroker.NOTE;
  private static final String FORGED = "task_" + "0".repeat(26);
  private static final String SETTINGS = "approvals: {max_pending_per_agent: 1000}\n";
  private static final int MOST = 64;
  private static final String SLOW_PROGRAM =
      "commands: {desk: {run: [/bin/sh, -c, 'until cat desk-key 2> /dev/null; do sleep 0.1;"
          + " done']}}\n";

  private static final String DESK =
      """
      system: desk
      origin: https://desk.example
      credential: {ref: "command:desk#value", in: bearer}
      tools:
        close:
          title: Close the desk
          description: Closes the desk.
          tier: write
          summary: Close the desk
          input: {properties: {}}
          request: {method: POST, path: /close}
          result: [id]
      """;

  @TempDir Path folder;
  private String database = "";
  private TestBroker broker;
  private StandIn upstream;
  private AgentClient plain;
  private TaskClient agent;

  /// {@return the settings that put a broker on the database of this contract, in YAML}
  abstract String database();

  @BeforeEach
  void start() throws Exception {
    database = database();
    broker = TestBroker.in(folder, database + SETTINGS);
    upstream = broker.upstream();
    plain = broker.agent("a1", "crm.*", "stripe.*");
    agent = TaskClient.of(broker, plain);
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void whatPeopleMustAgreeToGoesOnAsATaskAndRunsWhenTheyDo() {
    JsonNode begun = agent.call("crm.add_note", NOTE).path("result");
    assertEquals("task", begun.path("resultType").asString());
    assertEquals("working", begun.path("status").asString());
    assertTrue(begun.path("ttlMs").longValue() > Duration.ofHours(1).toMillis());
    assertEquals(5000, begun.path("pollIntervalMs").intValue());
    String task = begun.path("taskId").stringValue();
    String approval = begun.at("/_meta/keyward~1call/approval").stringValue();
    assertEquals("complete", agent.get(task).path("resultType").asString());
    assertEquals(List.of(), upstream.writes());

    broker.signIn("olga").approve(approval);
    JsonNode ended = agent.end(task);

    assertEquals("completed", ended.path("status").asString());
    assertEquals("ok", TaskClient.code(ended));
    assertFalse(ended.at("/result/isError").booleanValue());
    assertEquals(1, upstream.writes().size());
    assertEquals("done", broker.state(approval));
    String call = ended.at("/result/_meta/keyward~1call/id").stringValue();
    assertEquals("call.outcome", broker.trail(call).getLast());
  }

  @Test
  void whatPeopleRefuseEndsWithTheirReason() {
    String task = agent.task("crm.add_note", NOTE);

    broker.signIn("olga").deny(agent.approval(task), "Wrong ticket");

    JsonNode ended = agent.end(task);
    assertEquals("completed", ended.path("status").asString());
    assertTrue(ended.at("/result/isError").booleanValue());
    assertTrue(ended.at("/result/content/0/text").asString().contains("Wrong ticket"));
    assertEquals(List.of(), upstream.writes());
  }

  @Test
  void aCallThatIsAnsweredSoonIsNoTask() {
    JsonNode read = agent.call("crm.read_ticket", TICKET).path("result");

    assertEquals("complete", read.path("resultType").asString());
    assertFalse(read.has("taskId"));
  }

  @Test
  void aCallOfASlowCompanyGoesOnAsATask() throws Exception {
    var go = new CountDownLatch(1);
    upstream.answers(StandIn.held(new CountDownLatch(1), go, StandIn.json("{\"id\":\"4812\"}")));

    String task = agent.task("crm.read_ticket", TICKET);
    assertEquals("working", agent.get(task).path("status").asString());
    go.countDown();

    assertEquals(
        "4812",
        JsonMapper.shared()
            .readTree(agent.end(task).at("/result/content/0/text").asString())
            .path("id")
            .asString());
  }

  @Test
  void aClientThatDoesNotFollowTasksGetsNone() {
    String task = agent.task("crm.add_note", NOTE);

    JsonNode pending = agent.without().call("crm.add_note", NOTE).path("result");
    assertEquals("complete", pending.path("resultType").asString());
    assertEquals("pending", pending.at("/_meta/keyward~1call/code").asString());
    for (String method : List.of("tasks/get", "tasks/cancel", "tasks/update")) {
      JsonNode error = agent.without().about(method, task).path("error");
      assertEquals(-32021, error.path("code").intValue());
      assertTrue(
          error
              .at("/data/requiredCapabilities/extensions/io.modelcontextprotocol~1tasks")
              .isObject());
    }
  }

  @Test
  void theClientIsAskedToOpenThePageUntilItSaysThatItHas() {
    String task = agent.opening().task("crm.add_note", NOTE);
    JsonNode asked = agent.get(task);
    String approval = asked.at("/_meta/keyward~1call/approval").asString();
    assertEquals("input_required", asked.path("status").asString());
    assertEquals("url", asked.at("/inputRequests/approval/params/mode").asString());
    String url = asked.at("/inputRequests/approval/params/url").asString();
    assertTrue(url.endsWith("/approvals/" + approval), url);

    assertEquals("complete", updated(task, "other"));
    assertEquals("input_required", agent.get(task).path("status").asString());
    assertEquals("complete", updated(task, "approval"));

    assertEquals("working", agent.get(task).path("status").asString());
    assertEquals("pending", broker.state(approval)); // its word agrees to nothing
    assertEquals(List.of(), upstream.writes());
  }

  @Test
  void anotherAgentsTaskIsUnknownWhateverIsAsked() {
    String task = agent.task("crm.add_note", NOTE);
    String approval = agent.approval(task);
    TaskClient other = TaskClient.of(broker, broker.agent("a2", "crm.*"));

    for (String method : List.of("tasks/get", "tasks/cancel", "tasks/update")) {
      JsonNode foreign = other.about(method, task);
      assertEquals(-32602, foreign.at("/error/code").intValue());
      assertEquals(other.about(method, FORGED), foreign);
      assertEquals(other.about(method, "no id"), foreign);
    }

    assertEquals("pending", broker.state(approval));
    assertEquals("working", agent.get(task).path("status").asString());
  }

  @Test
  void aTaskOfAnotherRunOfTheSameAgentIsUnknown() {
    String task = agent.task("crm.add_note", NOTE);
    String fresh = broker.operate("agent.rotate", "{\"name\":\"a1\"}").get("key").stringValue();

    assertEquals(-32602, agent.with(fresh).about("tasks/get", task).at("/error/code").intValue());
  }

  @Test
  void aTaskEndsWithItsAgent() {
    String task = agent.task("crm.add_note", NOTE);
    String approval = agent.approval(task);

    broker.operate("agent.revoke", "{\"name\":\"a1\"}");

    assertFalse(agent.about("tasks/get", task).has("result"));
    assertNotEquals(303, broker.signIn("olga").approve(approval));
    assertEquals("cancelled", broker.state(approval));
    assertEquals(List.of(), upstream.writes());
  }

  @Test
  void aTaskOfAStoppedAgentRunsNothingAndIsGone() {
    String task = agent.task("crm.add_note", NOTE);
    String approval = agent.approval(task);

    broker.operate("stop", "{\"kind\":\"agent\",\"name\":\"a1\",\"why\":\"odd\"}");

    assertFalse(agent.about("tasks/get", task).has("result"));
    assertNotEquals(303, broker.signIn("olga").approve(approval));
    broker.operate("resume", "{\"kind\":\"agent\",\"name\":\"a1\"}");
    assertEquals(-32602, agent.about("tasks/get", task).at("/error/code").intValue());
    assertEquals(List.of(), upstream.writes());
  }

  @Test
  void aTaskThatIsTakenBackAsksPeopleNoMore() {
    String task = agent.task("crm.add_note", NOTE);
    String approval = agent.approval(task);

    assertEquals("complete", agent.about("tasks/cancel", task).at("/result/resultType").asString());

    assertEquals("cancelled", agent.end(task).path("status").asString());
    assertEquals("cancelled", broker.state(approval));
    assertNotEquals(303, broker.signIn("olga").approve(approval));
    assertEquals(List.of(), upstream.writes());
  }

  @Test
  void aReadThatIsTakenBackEndsThoughTheCompanyNeverAnswers() {
    var go = new CountDownLatch(1);
    upstream.answers(StandIn.held(new CountDownLatch(1), go, _ -> {}));
    String task = agent.task("crm.read_ticket", TICKET);

    agent.about("tasks/cancel", task);

    assertEquals("cancelled", agent.end(task).path("status").asString());
    go.countDown();
  }

  /// A write that has left runs on: its task ends with what it did.
  @Test
  void aWriteThatIsTakenBackOnItsWayEndsWithItsOutcome() throws Exception {
    var arrived = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    upstream.answers(StandIn.held(arrived, go, StandIn.json("{\"id\":\"4812\"}")));
    String task = agent.task("crm.add_note", NOTE);
    broker.signIn("olga").approve(agent.approval(task));
    arrived.await();

    agent.about("tasks/cancel", task);
    assertEquals("working", agent.get(task).path("status").asString());
    go.countDown();

    assertEquals("ok", TaskClient.code(agent.end(task)));
    assertEquals(1, upstream.writes().size());
  }

  /// However the two meet: what ran was not taken back, and what was taken back never runs.
  @Test
  void takingBackAndAgreeingAtOnceIsOneOrTheOther() throws Exception {
    Reviewer olga = broker.signIn("olga");
    for (int round = 1; round <= 8; round++) {
      String task = agent.task("crm.add_note", NOTE.replace("customer", "customer " + round));
      String approval = agent.approval(task);
      int before = upstream.writes().size();

      var agreed = CompletableFuture.runAsync(() -> olga.approve(approval), THREADS);
      agent.about("tasks/cancel", task);
      agreed.get(60, SECONDS);

      boolean ran = agent.end(task).path("status").asString().equals("completed");
      assertEquals(ran ? 1 : 0, upstream.writes().size() - before);
    }
  }

  /// An identical call does not run what the task has run, until the agent knows of it.
  @Test
  void ofATaskAndAnIdenticalCallOneRuns() throws Exception {
    String task = agent.task("crm.add_note", NOTE);
    String approval = agent.approval(task);
    var held = new ArrayList<CompletableFuture<JsonNode>>();
    for (int i = 0; i < 4; i++) {
      held.add(CompletableFuture.supplyAsync(() -> agent.call("crm.add_note", NOTE), THREADS));
    }
    CompletableFuture.allOf(held.toArray(CompletableFuture[]::new)).get(60, SECONDS);

    broker.signIn("olga").approve(approval);
    agent.end(task);
    plain.call("crm.add_note", NOTE);

    assertEquals(1, upstream.writes().size());
    assertEquals("done", broker.state(approval));
  }

  /// Until then, the company would know the second write for the first by its key.
  @Test
  void aWriteWhoseEndTheAgentHasNotFetchedKeepsItsIdempotencyKey() throws Exception {
    broker.configure(database + "approvals: {single_operator: true}\n");
    broker.stop();
    broker.start();
    Reviewer rex = broker.reviewer("rex");
    String first = agent.task("stripe.create_refund", TestBroker.REFUND);
    rex.approve(agent.approval(first));
    while (upstream.writes().isEmpty()) {
      Thread.onSpinWait();
    }
    String second = untilTask();
    rex.approve(agent.approval(second));
    agent.end(second);
    agent.end(first);

    String third = agent.task("stripe.create_refund", TestBroker.REFUND);
    rex.approve(agent.approval(third));
    agent.end(third);

    List<String> keys =
        upstream.writes().stream().map(seen -> seen.idempotency().orElseThrow()).toList();
    assertEquals(3, keys.size());
    assertEquals(keys.get(0), keys.get(1));
    assertNotEquals(keys.get(1), keys.get(2));
  }

  @Test
  void anAgentHasSoManyTasksAndThenWaitsAsOthersDo() {
    for (int i = 0; i < MOST; i++) {
      agent.task("crm.add_note", NOTE.replace("customer", "customer " + i));
    }

    JsonNode pending = agent.call("crm.add_note", NOTE).path("result");

    assertEquals("complete", pending.path("resultType").asString());
    assertEquals("pending", pending.at("/_meta/keyward~1call/code").asString());
    TaskClient other = TaskClient.of(broker, broker.agent("a2", "crm.*"));
    other.task("crm.add_note", NOTE);
    broker.operate("agent.revoke", "{\"name\":\"a1\"}");
  }

  @Test
  void whatWasFetchedMakesRoom() {
    Reviewer olga = broker.signIn("olga");
    String first = agent.task("crm.add_note", NOTE);
    olga.approve(agent.approval(first));
    agent.end(first);
    for (int i = 1; i < MOST; i++) {
      agent.task("crm.add_note", NOTE.replace("customer", "customer " + i));
    }

    agent.task("crm.add_note", NOTE.replace("customer", "one more"));

    assertEquals(-32602, agent.about("tasks/get", first).at("/error/code").intValue());
    broker.operate("agent.revoke", "{\"name\":\"a1\"}");
  }

  @Test
  void aTaskIsForgottenAfterItsTime() {
    JsonNode begun = agent.call("crm.add_note", NOTE).path("result");
    String task = begun.path("taskId").stringValue();
    assertEquals("working", agent.get(task).path("status").asString());

    broker.clock().move(Duration.ofMillis(begun.path("ttlMs").longValue()));

    assertEquals(-32602, agent.about("tasks/get", task).at("/error/code").intValue());
  }

  @Test
  void aTaskThatNobodyDecidesOnEndsWithItsRequest() throws Exception {
    broker.configure(database + "approvals: {expire_after_minutes: 5}\n");
    broker.stop();
    broker.start();
    String task = agent.task("crm.add_note", NOTE);

    broker.clock().move(Duration.ofMinutes(6));

    assertEquals("approval_expired", TaskClient.code(agent.end(task)));
    assertEquals(List.of(), upstream.writes());
  }

  /// Else its client would look for a task that is gone while people read on.
  @Test
  void aTaskIsKeptAsLongAsPeopleKeepItsRequestOpen() throws Exception {
    JsonNode begun = agent.call("crm.add_note", NOTE).path("result");
    String task = begun.path("taskId").stringValue();
    String approval = agent.approval(task);
    Reviewer olga = broker.signIn("olga");
    for (int i = 0; i < 4; i++) {
      broker.clock().move(Duration.ofMinutes(29));
      olga.keepOpen(approval);
    }
    assertEquals("working", agent.get(task).path("status").asString());
    assertTrue(agent.get(task).path("ttlMs").longValue() > begun.path("ttlMs").longValue());

    olga.approve(approval);

    assertEquals("ok", TaskClient.code(agent.end(task)));
    assertEquals(1, upstream.writes().size());
  }

  /// A restart is no reason to ask people again, or the agent to call again.
  @Test
  void aTaskOutlivesTheBrokerThatBeganIt() throws Exception {
    String task = agent.task("crm.add_note", NOTE);
    String approval = agent.approval(task);
    broker.stop();
    broker.start();
    assertEquals("working", agent.get(task).path("status").asString());
    assertEquals(approval, agent.approval(task));

    broker.signIn("olga").approve(approval);

    assertEquals("ok", TaskClient.code(agent.end(task)));
    assertEquals(1, upstream.writes().size());
  }

  /// The approval alone runs nothing: its agent must be there.
  @Test
  void whatIsAgreedToAfterARestartWaitsForItsAgent() throws Exception {
    String task = agent.task("crm.add_note", NOTE);
    String approval = agent.approval(task);
    broker.stop();
    broker.start();

    broker.signIn("olga").approve(approval);

    assertEquals("approved", broker.state(approval));
    assertEquals(List.of(), upstream.writes());
    assertEquals("ok", TaskClient.code(agent.end(task)));
  }

  @Test
  void whatWasTakenBackIsNotTakenUpAgain() throws Exception {
    String task = agent.task("crm.add_note", NOTE);
    agent.about("tasks/cancel", task);
    broker.stop();
    broker.start();

    assertEquals("cancelled", agent.end(task).path("status").asString());
    assertEquals(0, broker.operate("approvals.list", "{\"state\":\"pending\"}").size());
  }

  @Test
  void anEndThatNobodyHasFetchedOutlivesTheBroker() throws Exception {
    String task = agent.task("crm.add_note", NOTE);
    String approval = agent.approval(task);
    broker.signIn("olga").approve(approval);
    while (!broker.state(approval).equals("done")) {
      Thread.onSpinWait();
    }
    broker.stop();
    broker.start();

    assertEquals("ok", TaskClient.code(agent.end(task)));
    assertEquals(1, upstream.writes().size());
  }

  /// What the company says may hold a key, and lies in the database for a while.
  @Test
  void whatIsKeptIsScrubbedAndSealed() throws Exception {
    var go = new CountDownLatch(1);
    upstream.answers(
        StandIn.held(
            new CountDownLatch(1),
            go,
            StandIn.json("{\"id\":\"4812\",\"subject\":\"key " + TestBroker.CRM_KEY + "\"}")));
    String task = agent.task("crm.read_ticket", TICKET);
    go.countDown();

    JsonNode ended = agent.end(task);

    assertFalse(ended.toString().contains(TestBroker.CRM_KEY), ended::toString);
    assertTrue(ended.toString().contains("[redacted]"), ended::toString);
    assertEquals(ended.path("result"), agent.get(task).path("result"));
  }

  @Test
  void aSecretThatTheBrokerCameToHoldSinceIsTakenOutToo() throws Exception {
    var go = new CountDownLatch(1);
    upstream.answers(
        StandIn.held(
            new CountDownLatch(1),
            go,
            StandIn.json("{\"id\":\"4812\",\"subject\":\"blue heron 77 umbrella\"}")));
    String task = agent.task("crm.read_ticket", TICKET);
    go.countDown();
    assertTrue(agent.end(task).toString().contains("blue heron 77 umbrella"));

    broker.secret("late#token", "blue heron 77 umbrella");

    assertFalse(agent.end(task).toString().contains("blue heron 77 umbrella"));
  }

  @Test
  void whoListensIsToldWhatAskingWouldTell() {
    String task = agent.task("crm.add_note", NOTE);
    String approval = agent.approval(task);
    TaskStream told = agent.listen(task);

    assertEquals("[\"" + task + "\"]", told.agreed().toString());
    JsonNode waits = told.task();
    assertEquals("working", waits.path("status").asString());
    assertEquals(approval, waits.at("/_meta/keyward~1call/approval").asString());
    assertEquals(waits.path("statusMessage"), agent.get(task).path("statusMessage"));
    broker.signIn("olga").approve(approval);
    JsonNode ended = told.task();
    assertEquals("completed", ended.path("status").asString());
    assertFalse(ended.has("resultType"));
    JsonNode asked = agent.get(task);
    for (String part : List.of("taskId", "result", "createdAt", "lastUpdatedAt", "ttlMs")) {
      assertEquals(asked.path(part), ended.path(part), part);
    }
    assertEquals("complete", told.next().orElseThrow().at("/result/resultType").asString());
    assertTrue(told.next().isEmpty());
    assertEquals(1, upstream.writes().size());
  }

  @Test
  void whoListensHearsThatItsUserIsToOpenAPageAndThatATaskWasTakenBack() {
    String task = agent.opening().task("crm.add_note", NOTE);
    TaskStream told = agent.opening().listen(task);
    assertEquals(1, told.agreed().size());

    assertEquals("input_required", told.task().path("status").asString());
    updated(task, "approval");
    assertEquals("working", told.task().path("status").asString());
    agent.about("tasks/cancel", task);

    JsonNode last = told.task();
    while (!last.path("status").asString().equals("cancelled")) { // the question may go first
      assertEquals("working", last.path("status").asString());
      last = told.task();
    }
    assertEquals(List.of(), upstream.writes());
  }

  @Test
  void nobodyHearsOfAnothersTasks() {
    String task = agent.task("crm.add_note", NOTE);
    TaskClient other = TaskClient.of(broker, broker.agent("a2", "crm.*"));
    String own = other.task("crm.add_note", NOTE);

    TaskStream told = other.listen(task, FORGED, "no id", own);

    assertEquals("[\"" + own + "\"]", told.agreed().toString());
    assertEquals(own, told.task().path("taskId").asString());
    broker.signIn("olga").approve(agent.approval(task));
    agent.end(task);
    broker.signIn("olga").approve(other.approval(own));
    JsonNode ended = told.task();
    while (ended.has("statusMessage")) {
      ended = told.task();
    }
    assertEquals(own, ended.path("taskId").asString());
    assertTrue(other.listen(task).agreed().isMissingNode());
    assertEquals(
        -32021, agent.without().listen(task).next().orElseThrow().at("/error/code").intValue());
  }

  /// The key of its stream opens nothing any more.
  @Test
  void whoIsRevokedHearsOfNothing() {
    String task = agent.task("crm.add_note", NOTE);
    TaskStream told = agent.listen(task);
    told.agreed();
    told.task();

    broker.operate("agent.revoke", "{\"name\":\"a1\"}");

    for (var next = told.next(); next.isPresent(); next = told.next()) {
      assertTrue(next.get().has("result"), "it may hear the end of the stream: " + next);
    }
  }

  @Test
  void aTaskThatHasEndedIsToldToWhoeverListensForItLater() {
    String task = agent.task("crm.add_note", NOTE);
    broker.signIn("olga").approve(agent.approval(task));
    JsonNode ended = agent.end(task);

    TaskStream told = agent.listen(task);

    told.agreed();
    assertEquals(ended.path("result"), told.task().path("result"));
    assertTrue(told.next().orElseThrow().has("result"));
  }

  /// What comes before the question takes long here: the program that prints the key.
  @Test
  void aCallThatComesToWaitForPeopleLaterHearsOfThemAndRunsWhenTheyAgree() throws Exception {
    broker.configure(database + SETTINGS + SLOW_PROGRAM);
    broker.stop();
    broker.start();
    broker.catalog("desk.yaml", DESK);
    agent = TaskClient.of(broker, broker.agent("a3", "desk.*"));
    String task = agent.opening().task("desk.close", "{}");
    assertFalse(agent.get(task).at("/_meta/keyward~1call").has("approval"));
    TaskStream told = agent.listen(task);
    told.agreed();
    assertEquals("working", told.task().path("status").asString());

    Files.writeString(broker.home().folder().resolve("desk-key"), "desk-4fJq83LmZx0Vd71PwsTy");

    JsonNode waits = told.task();
    assertEquals("input_required", waits.path("status").asString());
    String approval = waits.at("/_meta/keyward~1call/approval").asString();
    assertTrue(
        waits.at("/inputRequests/approval/params/url").asString().endsWith("/" + approval),
        waits::toString);
    broker.signIn("olga").approve(approval);
    assertEquals("ok", TaskClient.code(agent.end(task)));
    told.leave();
  }

  @ParameterizedTest
  @CsvSource({"tool, crm.read_ticket", "tool, crm.*", "target, crm"})
  void whatAStoppedToolSaidIsNotGivenUntilItIsResumed(String kind, String name) throws Exception {
    var go = new CountDownLatch(1);
    upstream.answers(StandIn.held(new CountDownLatch(1), go, StandIn.json("{\"id\":\"4812\"}")));
    String task = agent.task("crm.read_ticket", TICKET);
    String safe = agent.task("crm_read_ticket", TICKET);
    go.countDown();
    JsonNode ended = agent.end(task);
    agent.end(safe);
    String scope = "{\"kind\":\"" + kind + "\",\"name\":\"" + name + "\",\"why\":\"odd\"}";

    broker.operate("stop", scope);

    for (String stopped : List.of(task, safe)) {
      JsonNode refused = agent.about("tasks/get", stopped);
      assertEquals(-32000, refused.at("/error/code").intValue());
      assertFalse(refused.toString().contains("4812"), refused::toString);
      assertTrue(agent.listen(stopped).agreed().isMissingNode());
    }
    broker.operate("resume", scope);
    assertEquals(ended.path("result"), agent.get(task).path("result"));
  }

  private String untilTask() {
    while (true) {
      JsonNode called = agent.call("stripe.create_refund", TestBroker.REFUND).path("result");
      if (called.path("resultType").asString().equals("task")) {
        return called.path("taskId").stringValue();
      }
      assertEquals(
          "identical_call_open",
          called.at("/_meta/keyward~1call/code").asString(),
          called::toString);
    }
  }

  private String updated(String task, String question) {
    return agent.update(task, question, "accept").at("/result/resultType").asString("");
  }
}
