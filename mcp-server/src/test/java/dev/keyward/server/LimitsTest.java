package dev.keyward.server;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Who asks too much is told when to try again, and disturbs nobody else.
@Timeout(120)
final class LimitsTest {
  private static final Executor THREADS = Executors.newVirtualThreadPerTaskExecutor();
  private static final String CRM = "[{\"tools\":[\"crm.*\"]}]";
  private static final String TICKET = "{\"ticket_id\":\"4812\"}";

  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init") // each test starts one
  private TestBroker broker;

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void aStormIsRefusedWithWhenToTryAgainAndFillsNoRecord() throws Exception {
    start("limits: {agent: {per_minute: 3}}\n");
    AgentClient wild = broker.agent("wild", "crm.*");
    AgentClient calm = broker.agent("calm", "crm.*");

    List<Called> storm =
        IntStream.range(0, 150).mapToObj(_ -> wild.call("crm.read_ticket", TICKET)).toList();

    long ok = storm.stream().filter(called -> called.code().equals("ok")).count();
    assertTrue(ok >= 3 && ok < 10, ok + " of 150");
    Called refused =
        storm.stream().filter(called -> called.code().equals("too_many")).findFirst().orElseThrow();
    assertTrue(retryAfter(refused) >= 1 && retryAfter(refused) <= 20, refused.raw());
    assertTrue(refused.text().contains("calls of this agent in a minute"), refused.text());
    assertEquals(ok, broker.upstream().journal().size());
    assertEquals("ok", calm.call("crm.read_ticket", TICKET).code());
    assertEquals(10, records("call.refused").size());
    broker.clock().move(Duration.ofMinutes(1));
    while (records("calls.limited").isEmpty()) {
      Thread.onSpinWait();
    }
    JsonNode counted = records("calls.limited").get(0);
    assertEquals("wild", counted.at("/event/agent").stringValue());
    assertEquals(150 - ok - 10, counted.at("/event/count").asLong());
  }

  @Test
  void whoOpensTooManyRunsWaits() throws Exception {
    start("limits: {agent: {runs_per_minute: 2}}\n");
    var runs = new RunDoor(broker);
    AgentClient wild = broker.agent("wild", "crm.*");
    AgentClient calm = broker.agent("calm", "crm.*");
    String outer = runs.open(wild.key(), CRM).token();
    assertEquals(201, runs.open(outer, CRM).status());

    RunDoor.Reply refused = runs.open(wild.key(), CRM);

    assertEquals(429, refused.status());
    assertEquals("too_many", refused.body().at("/error/code").stringValue());
    assertTrue(refused.retryAfter() >= 1 && refused.retryAfter() <= 30, refused.toString());
    assertEquals(429, runs.open(outer, CRM).status());
    assertEquals(201, runs.open(calm.key(), CRM).status());
  }

  @Test
  void whatHelpersOpenInsideARunCountsForWhoOpenedIt() throws Exception {
    start("limits: {agent: {runs_per_minute: 100000}}\n");
    var runs = new RunDoor(broker);
    AgentClient lead = broker.agent("lead", "crm.*");
    AgentClient helper = broker.agent("helper", "crm.*");
    String outer = runs.open(lead.key(), CRM).token();
    String forHelper = "{\"purpose\":\"help\",\"agent\":\"helper\"}";
    String inner = runs.post(outer, forHelper).token();
    for (int open = 2; open < 256; open++) {
      assertEquals(201, runs.open(inner, CRM).status());
    }

    assertEquals(429, runs.open(inner, CRM).status());
    assertEquals(429, runs.open(lead.key(), CRM).status());
    assertEquals(201, runs.open(helper.key(), CRM).status());
  }

  @Test
  void helpersAreNoWayToMoreQuestions() throws Exception {
    start("approvals: {max_pending_per_agent: 3, max_pending_per_person: 100}\n");
    var runs = new RunDoor(broker);
    AgentClient lead = broker.agent("lead", "crm.*");
    AgentClient helper = broker.agent("helper", "crm.*");
    String outer = runs.open(lead.key(), CRM).token();
    String forHelper = "{\"purpose\":\"help\",\"agent\":\"helper\",\"grants\":" + CRM + "}";
    for (int i = 0; i < 3; i++) {
      AgentClient inside = broker.stranger(runs.post(outer, forHelper).token());
      assertEquals("pending", inside.call("crm.add_note", note(i)).code());
    }

    AgentClient inside = broker.stranger(runs.post(outer, forHelper).token());
    Called refused = inside.call("crm.add_note", note(3));
    Called more =
        inside.call(
            "keyward.request_access", "{\"tools\":[\"crm.add_note\"],\"reason\":\"please\"}");

    assertEquals("too_many_questions", refused.code());
    assertEquals(60, retryAfter(refused));
    assertTrue(refused.text().contains("nobody was asked"), refused.text());
    assertEquals(List.of("call.refused"), broker.trail(refused.call()));
    assertEquals("too_many_questions", more.code());
    assertEquals("too_many_questions", lead.call("crm.add_note", note(4)).code());
    assertEquals(3, broker.operate("approvals.list", "{\"state\":\"pending\"}").size());
    assertEquals("pending", helper.call("crm.add_note", note(5)).code(), "for itself it has none");
  }

  @Test
  void howOftenAnAgentHasAskedIsKnownAfterARestart() throws Exception {
    start("approvals: {questions: {agent: {burst: 2, refill_seconds: 10}}}\n");
    AgentClient agent = broker.agent("a1", "crm.*");
    for (int i = 0; i < 2; i++) {
      String asked = agent.call("crm.add_note", note(i)).approval();
      agent.call("keyward.approval_cancel", "{\"approval\":\"" + asked + "\"}");
    }
    assertEquals(10, retryAfter(agent.call("crm.add_note", note(2))));

    broker.stop();
    broker.start(); // a second later
    agent.initialize();

    assertEquals(9, retryAfter(agent.call("crm.add_note", note(2))));
    broker.clock().move(Duration.ofSeconds(9));
    assertEquals("pending", agent.call("crm.add_note", note(2)).code());
    assertEquals("too_many_questions", agent.call("crm.add_note", note(3)).code());
  }

  private static String note(int number) {
    return TestBroker.NOTE.replace("Called", number + " called");
  }

  @Test
  void searchingForToolsAndAskingForMoreTakeAPlaceToo() throws Exception {
    start("limits: {agent: {at_once: 1}}\n");
    AgentClient agent = broker.agent("a1", "crm.*");
    var arrived = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    broker.upstream().answers(StandIn.held(arrived, go, StandIn.json("{\"id\":\"1\"}")));
    var slow = CompletableFuture.supplyAsync(() -> agent.call("crm.read_ticket", TICKET), THREADS);
    assertTrue(arrived.await(30, SECONDS));

    assertEquals("too_many", agent.call("keyward.find_tools", "{\"query\":\"note\"}").code());
    assertEquals("too_many", agent.call("keyward.request_access", "{}").code());

    go.countDown();
    slow.get();
    assertEquals("ok", agent.call("keyward.find_tools", "{\"query\":\"note\"}").code());
  }

  @Test
  void listingToolsAndAskingAboutTasksCountAsCallsDo() throws Exception {
    start("limits: {agent: {per_minute: 3}}\n"); // one more every 20 s, as time really passes
    AgentClient lister = broker.agent("lister", "crm.*");
    countsAsCalls(lister, () -> lister.list().message());

    AgentClient follower = broker.agent("follower", "crm.*");
    TaskClient tasks = TaskClient.of(broker, follower);
    String task = tasks.task("crm.add_note", TestBroker.NOTE);
    countsAsCalls(follower, () -> tasks.about("tasks/get", task));

    assertEquals("ok", broker.agent("calm", "crm.*").call("crm.read_ticket", TICKET).code());
  }

  private static void countsAsCalls(AgentClient wild, Supplier<JsonNode> asking) {
    List<JsonNode> storm = IntStream.range(0, 30).mapToObj(_ -> asking.get()).toList();

    long answered = storm.stream().filter(answer -> answer.has("result")).count();
    assertTrue(answered >= 2 && answered < 10, answered + " of 30");
    JsonNode error = storm.getLast().path("error");
    assertEquals(-32000, error.path("code").asInt());
    assertEquals("too_many", error.at("/data/code").asString());
    assertTrue(error.at("/data/retry_after_s").asInt() >= 1, error.toString());
    assertEquals("too_many", wild.call("crm.read_ticket", TICKET).code());
  }

  @Test
  void aCatalogsOwnRateCountsForItsTool() throws Exception {
    start("");
    broker.catalog(
        "desk.yaml",
        """
        system: desk
        origin: http://127.0.0.1:1
        credential: {ref: "local:crm#token", in: bearer}
        tools:
          look:
            title: Look
            description: Looks.
            tier: read
            summary: Look
            limits: {per_minute: 2}
            input: {properties: {}}
            request: {method: GET, path: /look}
            result: [id]
        """);
    AgentClient agent = broker.agent("a1", "desk.*", "crm.*");

    List<String> codes =
        IntStream.range(0, 8).mapToObj(_ -> agent.call("desk.look", "{}").code()).toList();

    assertEquals(List.of("ok", "ok", "too_many"), codes.subList(0, 3));
    assertEquals("ok", agent.call("crm.read_ticket", TICKET).code());
  }

  @Test
  void aSystemThatIsDownIsLeftAloneAndTriedAgain() throws Exception {
    start("limits: {breaker: {failures: 3, open_seconds: 1}}\n");
    AgentClient agent = broker.agent("a1", "crm.*");
    broker.upstream().goDown();
    for (int i = 0; i < 3; i++) {
      assertEquals("upstream_unreachable", agent.call("crm.read_ticket", TICKET).code());
    }

    Called left = agent.call("crm.read_ticket", TICKET);
    while (left.code().equals("upstream_unreachable")) { // after a second it is tried again
      left = agent.call("crm.read_ticket", TICKET);
    }

    assertEquals("target_down", left.code());
    assertEquals(1, retryAfter(left));
    broker.upstream().comeBack();
    while (!agent.call("crm.read_ticket", TICKET).code().equals("ok")) {
      Thread.onSpinWait();
    }
    assertEquals("ok", agent.call("crm.read_ticket", TICKET).code());
  }

  @Test
  void aSystemThatFailsIsLeftAloneAndNothingOfAWriteBegins() throws Exception {
    start(
        """
        policy: {allow: [{tool: crm.add_note}]}
        limits: {breaker: {failures: 3, open_seconds: 60}}
        """);
    AgentClient agent = broker.agent("a1", "crm.*");
    broker.upstream().answers(StandIn.of(503, "application/json", "{}"));
    for (int i = 0; i < 3; i++) {
      assertEquals("upstream_error", agent.call("crm.read_ticket", TICKET).code());
    }

    Called left = agent.call("crm.add_note", TestBroker.NOTE);

    assertEquals("target_down", left.code());
    assertEquals(List.of(), broker.upstream().writes());
    assertEquals(List.of("call.refused"), broker.trail(left.call()));
  }

  @Test
  void whatAnAgentDoesWrongOpensNoBreaker() throws Exception {
    start("limits: {breaker: {failures: 2, open_seconds: 60}}\n");
    AgentClient agent = broker.agent("a1", "crm.*");
    for (int status : new int[] {400, 401, 403, 404, 409, 422, 429, 404, 404}) {
      broker.upstream().answers(StandIn.of(status, "application/json", "{}"));

      assertEquals("upstream_error", agent.call("crm.read_ticket", TICKET).code());
    }
    broker.upstream().answers("{\"id\":\"1\"}");

    assertEquals("ok", agent.call("crm.read_ticket", TICKET).code());
  }

  private void start(String settings) throws Exception {
    broker = TestBroker.in(folder, settings);
  }

  private JsonNode records(String type) {
    return broker.operate("audit.list", "{\"type\":\"" + type + "\",\"limit\":1000}");
  }

  private static int retryAfter(Called called) {
    return called.message().at("/result/_meta").path("keyward/call").path("retry_after_s").asInt();
  }
}
