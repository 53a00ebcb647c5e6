package dev.keyward.server;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// A run may do what it was opened for, and nothing else; what is opened in it even less.
@Timeout(120)
final class RunsTest {
  /// A system without a credential, whose writes run unasked.
  static final String DESK =
      """
      system: desk
      origin: https://desk.example
      credential: none
      tools:
        read:
          title: Read
          description: Reads one record.
          tier: read
          input: {properties: {record: {type: string}}, required: [record]}
          request: {method: GET, path: "/records/{record}"}
          result: [id]
        pay:
          title: Pay
          description: Pays somebody.
          tier: write
          summary: Pay {amount} to {to}
          input:
            properties: {amount: {type: number}, to: {type: string}}
            required: [to]
          request: {method: POST, path: /payments, body: {json: [amount, to]}}
          result: [id]
      """;

  private static final Executor THREADS = Executors.newVirtualThreadPerTaskExecutor();
  private static final String READ = "{\"record\":\"7\"}";
  private static final String ALL = "[{\"tools\":[\"desk.*\"]}]";
  private static final int CALLERS = 100;

  @TempDir Path folder;
  private TestBroker broker;
  private RunDoor runs;
  private AgentClient agent;

  @BeforeEach
  void start() throws Exception {
    broker =
        TestBroker.in(
            folder,
            """
            approvals: {single_operator: true}
            policy: {allow: [{tool: desk.pay}]}
            """);
    broker.catalog("desk.yaml", DESK);
    runs = new RunDoor(broker);
    agent = broker.agent("a1", "desk.*", "crm.*");
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void aTokenCallsLikeAKeyInARunOfItsOwn() {
    RunDoor.Reply run = runs.open(agent.key(), ALL);

    Called read = in(run).call("desk.read", READ);

    assertEquals(201, run.status());
    assertTrue(run.token().startsWith("kw_run_"));
    assertEquals("ok", read.code());
    assertEquals(run.run(), record(read, "call.intent").get("run").stringValue());
    assertNotEquals(
        run.run(), record(agent.call("desk.read", READ), "call.intent").get("run").stringValue());
  }

  @Test
  void aRunWithoutGrantsHasTheAgentsTools() {
    RunDoor.Reply run = runs.post(agent.key(), "{\"purpose\":\"all of it\"}");

    assertEquals(names(agent.list()), names(in(run).list()));
    assertEquals("ok", in(run).call("desk.read", READ).code());
  }

  @Test
  void aTokenOpensNothingOnceItsRunHasEnded() {
    RunDoor.Reply run = runs.open(agent.key(), ALL);
    AgentClient inside = in(run);
    inside.call("desk.read", READ);
    int sent = broker.upstream().journal().size();

    assertEquals(204, runs.end(agent.key(), run.run()).status());

    assertEquals(401, inside.call("desk.read", READ).status());
    assertEquals(401, runs.open(run.token(), ALL).status());
    assertEquals(404, runs.show(agent.key(), run.run()).status());
    assertEquals(sent, broker.upstream().journal().size());
  }

  @Test
  void aTokenEndsByItself() {
    RunDoor.Reply run = runs.post(agent.key(), "{\"purpose\":\"soon over\",\"minutes\":5}");
    AgentClient inside = in(run);
    assertEquals("ok", inside.call("desk.read", READ).code());

    broker.clock().move(Duration.ofMinutes(5));

    assertEquals(401, inside.call("desk.read", READ).status());
  }

  @Test
  void aNewKeyOfTheAgentEndsItsRuns() {
    RunDoor.Reply run = runs.open(agent.key(), ALL);

    broker.operate("agent.rotate", "{\"name\":\"a1\"}");

    assertEquals(401, in(run).call("desk.read", READ).status());
  }

  @Test
  void anOpenRunOutlivesARestart() throws Exception {
    RunDoor.Reply run = runs.open(agent.key(), "[{\"tools\":[\"desk.read\"],\"calls\":2}]");
    assertEquals("ok", in(run).call("desk.read", READ).code());

    broker.stop();
    broker.start();

    assertEquals("ok", in(run).call("desk.read", READ).code());
    assertEquals("outside_grants", in(run).call("desk.read", READ).code());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "agent     | {'agent_types':['finance']}",
        "workspace | {'workspaces':['other']}",
        "delegator | {'delegators':['olga']}",
        "tool      | {'tools':['desk.read']}",
        "tier      | {'tiers':['read']}",
        "window    | {'until':'2020-01-01T00:00:00Z'}",
        "window    | {'from':'2999-01-01T00:00:00Z'}",
        "budget    | {'budget':{'sum':'amount','at_most':99}}",
        "budget    | {'budget':{'sum':'fee','at_most':100}}",
      })
  void aRefusalNamesTheDimensionAndNeverTheValue(String part, String grant) {
    RunDoor.Reply run = runs.open(agent.key(), "[" + grant.replace('\'', '"') + "]");

    Called refused = in(run).call("desk.pay", "{\"amount\":100,\"to\":\"mallory\"}");

    assertEquals(201, run.status(), run.message());
    assertEquals("outside_grants", refused.code());
    assertEquals(part, record(refused, "call.refused").at("/refusal/grant").stringValue());
    assertTrue(refused.text().contains("keyward.request_access"), refused.text());
    assertFalse(refused.raw().contains("mallory"));
    assertEquals(List.of(), broker.upstream().writes());
  }

  @Test
  void whatNoGrantCoversIsNotListed() {
    RunDoor.Reply run = runs.open(agent.key(), "[{\"tools\":[\"desk.*\"],\"tiers\":[\"read\"]}]");

    assertEquals(Set.of("desk.read"), names(in(run).list()));
  }

  @Test
  void oneOfSeveralGrantsIsEnough() {
    RunDoor.Reply run =
        runs.open(
            agent.key(),
            "[{\"tools\":[\"desk.read\"],\"calls\":1},{\"tools\":[\"desk.*\"],\"calls\":1}]");

    assertEquals("ok", in(run).call("desk.read", READ).code());
    assertEquals("ok", in(run).call("desk.read", READ).code());
    assertEquals("outside_grants", in(run).call("desk.pay", pay(1)).code());
  }

  @Test
  void aBadRequestIsAnsweredAsOne() {
    RunDoor.Reply refused = runs.open(agent.key(), "[{\"calls\":-1}]");

    assertEquals(400, refused.status());
    assertTrue(refused.message().contains("calls must be"), refused.message());
    RunDoor.Reply garbled = runs.post(agent.key(), "not JSON");
    assertEquals(400, garbled.status());
    assertEquals("not_json", garbled.body().at("/error/code").stringValue());
    assertEquals(400, runs.post(agent.key(), "{\"purpose\":\"a\",\"purpose\":\"b\"}").status());
    assertEquals(401, runs.open("kw_run_" + "a".repeat(43), ALL).status());
    assertEquals(404, runs.show(agent.key(), "run_x").status());
  }

  @Test
  void aSecretIsNoPurpose() {
    RunDoor.Reply refused =
        runs.post(agent.key(), "{\"purpose\":\"use " + TestBroker.CRM_KEY + "\"}");

    assertEquals(400, refused.status());
    assertFalse(refused.body().toString().contains(TestBroker.CRM_KEY));
  }

  @Test
  void aClaimedDelegatorIsLabelledAndConfersNothing() {
    RunDoor.Reply run =
        runs.post(
            agent.key(),
            "{\"purpose\":\"for the boss\",\"delegator\":\"boss\","
                + "\"grants\":[{\"delegators\":[\"boss\"]},{\"tools\":[\"crm.*\"]}]}");
    broker.operate("person.add", "{\"name\":\"boss\"}");

    Called read = in(run).call("desk.read", READ);
    Called note = in(run).call("crm.add_note", TestBroker.NOTE);

    assertEquals("outside_grants", read.code());
    assertEquals("pending", note.code());
    assertNotEquals(303, broker.signIn("boss").approve(note.approval()));
    assertEquals(303, broker.signIn("olga").approve(note.approval()));
    JsonNode opened = records("run.opened").getFirst();
    assertEquals("boss", opened.at("/delegator/person").stringValue());
    assertFalse(opened.at("/delegator/verified").booleanValue());
    assertEquals("for the boss", opened.at("/job/purpose").stringValue());
  }

  @Test
  void anAdvisoryRunProposesAndNeverSends() {
    RunDoor.Reply run = runs.post(agent.key(), "{\"purpose\":\"try it\",\"mode\":\"advisory\"}");

    Called proposed = in(run).call("desk.pay", pay(5));

    assertEquals("proposed", proposed.code());
    assertEquals(List.of("call.refused"), broker.trail(proposed.call()));
    JsonNode proposal = broker.operate("run.proposals", "{\"run\":\"" + run.run() + "\"}").get(0);
    assertEquals("desk.pay", proposal.get("tool").stringValue());
    assertEquals("mallory", proposal.at("/arguments/to").stringValue());
    assertEquals("ok", in(run).call("desk.read", READ).code());
    assertEquals("proposed", in(run).call("crm.add_note", TestBroker.NOTE).code());
    assertEquals(List.of(), broker.upstream().writes());
    assertEquals(403, inner(run, "{\"purpose\":\"act\",\"mode\":\"autonomous\"}").status());
    RunDoor.Reply inner = inner(run, "{\"purpose\":\"act\"}");
    assertEquals("proposed", in(inner).call("desk.pay", pay(5)).code());
    assertEquals(List.of(), broker.upstream().writes());
  }

  @Test
  void ofAHundredThreadsTenSpendAGrantOfTen() throws Exception {
    RunDoor.Reply run = runs.open(agent.key(), "[{\"tools\":[\"desk.*\"],\"calls\":10}]");

    List<Called> calls = together(i -> in(run).call("desk.pay", pay(i + 1)));

    assertEquals(10, calls.stream().filter(call -> call.code().equals("ok")).count());
    assertEquals(10, broker.upstream().writes().size());
    assertEquals(CALLERS - 10, calls.stream().filter(Called::failed).count());
  }

  @Test
  void aBudgetIsSharedByAllThatIsInside() throws Exception {
    RunDoor.Reply run =
        runs.open(
            agent.key(),
            "[{\"tools\":[\"desk.pay\"],\"budget\":{\"sum\":\"amount\",\"at_most\":10}}]");
    RunDoor.Reply left = inner(run, "{\"purpose\":\"left\"}");
    RunDoor.Reply right = inner(run, "{\"purpose\":\"right\"}");

    List<Called> calls =
        together(
            i ->
                in(i % 2 == 0 ? left : right)
                    .call("desk.pay", "{\"amount\":1.5,\"to\":\"p" + i + "\"}"));

    assertEquals(6, calls.stream().filter(call -> call.code().equals("ok")).count());
    JsonNode used = runs.show(agent.key(), run.run()).body().at("/grants/0/used");
    assertEquals(6, used.get("calls").intValue());
    assertEquals("9.0", used.get("sum").decimalValue().toPlainString());
  }

  @Test
  void whatWasNotSentIsGivenBack() {
    RunDoor.Reply run = runs.open(agent.key(), "[{\"tools\":[\"desk.pay\"],\"calls\":1}]");
    broker.upstream().goDown();
    assertEquals("upstream_unreachable", in(run).call("desk.pay", pay(1)).code());

    broker.upstream().comeBack();

    assertEquals("ok", in(run).call("desk.pay", pay(1)).code());
    assertEquals("outside_grants", in(run).call("desk.pay", pay(2)).code());
  }

  @Test
  void whatMayHaveBeenSentIsNotGivenBack() {
    RunDoor.Reply run = runs.open(agent.key(), "[{\"tools\":[\"desk.pay\"],\"calls\":1}]");
    broker.upstream().answers(StandIn.cut());

    assertEquals("outcome_unknown", in(run).call("desk.pay", pay(1)).code());

    assertEquals("outside_grants", in(run).call("desk.pay", pay(2)).code());
    assertEquals(1, broker.upstream().writes().size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'tools':['desk.pay']}",
        "{'tools':['crm.*']}",
        "{'tools':['stripe.read_customer']}",
        "{'tools':['desk.read'],'tiers':['write']}",
        "{'tools':['desk.read'],'until':'2999-01-01T00:00:00Z'}",
      })
  void anInnerRunThatIsPlainlyWiderIsRefused(String grant) {
    RunDoor.Reply outer =
        runs.open(agent.key(), "[{\"tools\":[\"desk.read\"],\"tiers\":[\"read\"]}]");

    RunDoor.Reply wider =
        inner(outer, "{\"purpose\":\"more\",\"grants\":[" + grant.replace('\'', '"') + "]}");

    assertEquals(403, wider.status(), wider.message());
  }

  @Test
  void anInnerRunWithoutBoundsHasThoseOfTheOuter() {
    RunDoor.Reply outer = runs.open(agent.key(), "[{\"tools\":[\"desk.read\"],\"calls\":1}]");
    RunDoor.Reply inner = inner(outer, "{\"purpose\":\"all\"}");

    assertEquals(Set.of("desk.read"), names(in(inner).list()));
    assertEquals("outside_grants", in(inner).call("desk.pay", pay(1)).code());
    assertEquals("ok", in(inner).call("desk.read", READ).code());
    assertEquals("outside_grants", in(inner).call("desk.read", READ).code());
    assertEquals("outside_grants", in(outer).call("desk.read", READ).code());
  }

  @Test
  void runsAreNestedOnlySoDeep() {
    RunDoor.Reply run = runs.open(agent.key(), ALL);
    for (int depth = 1; depth <= 8; depth++) {
      run = inner(run, "{\"purpose\":\"deeper\"}");
      assertEquals("ok", in(run).call("desk.read", READ).code());
    }

    assertEquals(403, inner(run, "{\"purpose\":\"too deep\"}").status());
  }

  @Test
  void anInnerAgentHasNothingOfItsOwn() {
    broker.agent("helper", "desk.*", "stripe.*");
    RunDoor.Reply outer = runs.open(agent.key(), "[{\"tools\":[\"desk.read\",\"crm.*\"]}]");

    RunDoor.Reply inner = inner(outer, "{\"purpose\":\"help\",\"agent\":\"helper\"}");

    assertEquals(201, inner.status(), inner.message());
    assertEquals(Set.of("desk.read"), names(in(inner).list()));
    assertEquals("unknown_tool", in(inner).call("crm.read_ticket", "{}").code());
    assertEquals("outside_grants", in(inner).call("stripe.list_invoices", "{}").code());
  }

  @Test
  void aStoppedAgentOpensNoRunForAnotherThatIsNot() {
    broker.agent("a2", "desk.*");
    broker.operate("stop", "{\"kind\":\"agent\",\"name\":\"a1\"}");

    RunDoor.Reply refused = runs.post(agent.key(), "{\"purpose\":\"go on\",\"agent\":\"a2\"}");

    assertEquals(403, refused.status());
    assertTrue(refused.message().contains("stopped"), refused.message());
    assertEquals(records("run.opened").size(), records("run.ended").size());
  }

  @Test
  void aConditionOfAnAgentCannotMakeTextsGrow() {
    String growing = "['xxxxxxxxxx'].map(a, a + a + a + a).exists(b, b == '')";

    RunDoor.Reply refused = runs.open(agent.key(), "[{\"where\":[\"" + growing + "\"]}]");

    assertEquals(400, refused.status());
    assertFalse(refused.message().contains("xxx"), refused.message());
  }

  @Test
  void theConditionsOfARunAreCounted() {
    String many = Stream.generate(() -> "\"true\"").limit(17).collect(Collectors.joining(","));

    assertEquals(400, runs.open(agent.key(), "[{\"where\":[" + many + "]}]").status());
  }

  @Test
  void anotherPersonsAgentIsNoInnerAgent() {
    broker.operate("person.add", "{\"name\":\"mallory\"}");
    broker.agentOf("mallory", "theirs", "desk.*");

    RunDoor.Reply refused =
        runs.post(agent.key(), "{\"purpose\":\"be them\",\"agent\":\"theirs\"}");

    assertEquals(403, refused.status());
  }

  @Test
  void theEndOfTheOuterRunEndsTheInnerOnes() {
    RunDoor.Reply outer = runs.open(agent.key(), ALL);
    RunDoor.Reply inner = inner(outer, "{\"purpose\":\"in it\"}");
    RunDoor.Reply innermost = inner(inner, "{\"purpose\":\"in that\"}");

    runs.end(agent.key(), outer.run());

    assertEquals(401, in(inner).call("desk.read", READ).status());
    assertEquals(401, in(innermost).call("desk.read", READ).status());
    assertEquals(3, records("run.ended").size());
  }

  @Test
  void anAnswerIsKeptBackIfTheOuterRunEndsMeanwhile() throws Exception {
    RunDoor.Reply outer = runs.open(agent.key(), ALL);
    AgentClient inside = in(inner(outer, "{\"purpose\":\"in it\"}"));
    inside.initialize();
    var arrived = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    broker
        .upstream()
        .answers(StandIn.held(arrived, release, StandIn.json("{\"id\":\"shown-to-nobody\"}")));
    Future<Called> call =
        CompletableFuture.supplyAsync(() -> inside.call("desk.read", READ), THREADS);
    assertTrue(arrived.await(30, SECONDS));

    runs.end(agent.key(), outer.run());
    release.countDown();

    assertFalse(call.get(30, SECONDS).raw().contains("shown-to-nobody"));
  }

  @Test
  void runsAreOnlyForWhoOpenedThem() {
    AgentClient other = broker.agent("other", "desk.*");
    RunDoor.Reply run = runs.open(agent.key(), ALL);
    RunDoor.Reply sibling = runs.open(agent.key(), ALL);
    RunDoor.Reply inner = inner(run, "{\"purpose\":\"in it\"}");

    assertEquals(404, runs.show(other.key(), run.run()).status());
    assertEquals(404, runs.end(other.key(), run.run()).status());
    assertEquals(404, runs.end(sibling.token(), run.run()).status());
    assertEquals(404, runs.end(inner.token(), run.run()).status());
    assertEquals(200, runs.show(run.token(), inner.run()).status());
    assertEquals(200, runs.show(agent.key(), inner.run()).status());
    assertEquals("ok", in(run).call("desk.read", READ).code());
  }

  @Test
  void anApprovalOfOneRunIsNoUseInAnother() {
    RunDoor.Reply one = runs.open(agent.key(), "[{\"tools\":[\"crm.*\"]}]");
    RunDoor.Reply two = runs.open(agent.key(), "[{\"tools\":[\"crm.*\"]}]");
    String approval = in(one).call("crm.add_note", TestBroker.NOTE).approval();
    broker.signIn("olga").approve(approval);

    Called elsewhere = in(two).call("crm.add_note", TestBroker.NOTE);

    assertEquals("pending", elsewhere.code());
    assertNotEquals(approval, elsewhere.approval());
    assertEquals(List.of(), broker.upstream().writes());
    assertEquals("invalid_arguments", in(two).awaitApproval(approval, 0).code());
  }

  @Test
  void theEndOfARunEndsWhatItWaitsFor() {
    RunDoor.Reply run = runs.open(agent.key(), "[{\"tools\":[\"crm.*\"]}]");
    String approval = in(run).call("crm.add_note", TestBroker.NOTE).approval();

    runs.end(agent.key(), run.run());

    assertEquals("cancelled", broker.state(approval));
  }

  @Test
  void theOperatorOpensAndEndsRuns() {
    JsonNode run =
        broker.operate(
            "run.open",
            "{\"agent\":\"a1\",\"purpose\":\"asked"
                + " for\",\"grants\":[{\"tools\":[\"desk.read\"]}]}");
    AgentClient inside = broker.stranger(run.get("token").stringValue());

    assertEquals("ok", inside.call("desk.read", READ).code());
    JsonNode listed = broker.operate("run.list", "{}").get(0);
    assertEquals("asked for", listed.get("purpose").stringValue());
    assertFalse(listed.has("token"));
    broker.operate("run.end", "{\"run\":\"" + run.get("run").stringValue() + "\"}");
    assertEquals(401, inside.call("desk.read", READ).status());
    assertEquals(0, broker.operate("run.list", "{}").size());
  }

  private AgentClient in(RunDoor.Reply run) {
    return broker.stranger(run.token());
  }

  private RunDoor.Reply inner(RunDoor.Reply outer, String request) {
    return runs.post(outer.token(), request);
  }

  private static String pay(int amount) {
    return "{\"amount\":" + amount + ",\"to\":\"mallory\"}";
  }

  private static Set<String> names(Called listed) {
    Set<String> names = new TreeSet<>();
    listed.message().at("/result/tools").forEach(tool -> names.add(tool.get("name").stringValue()));
    names.removeIf(name -> name.startsWith("keyward."));
    return names;
  }

  private JsonNode record(Called called, String type) {
    for (JsonNode row : broker.operate("audit.list", "{\"call\":\"" + called.call() + "\"}")) {
      if (row.get("type").stringValue().equals(type)) {
        return row.get("event");
      }
    }
    throw new AssertionError("no record " + type);
  }

  private List<JsonNode> records(String type) {
    List<JsonNode> records = new ArrayList<>();
    for (JsonNode row : broker.operate("audit.list", "{\"limit\":1000}")) {
      if (row.get("type").stringValue().equals(type)) {
        records.addFirst(row.get("event"));
      }
    }
    return records;
  }

  private interface Turn {
    Called call(int number);
  }

  private static List<Called> together(Turn turn) throws Exception {
    var start = new CyclicBarrier(CALLERS);
    List<Future<Called>> calls = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      int number = i;
      calls.add(
          CompletableFuture.supplyAsync(
              () -> {
                meet(start);
                return turn.call(number);
              },
              THREADS));
    }
    List<Called> answers = new ArrayList<>();
    for (Future<Called> call : calls) {
      answers.add(call.get(60, SECONDS));
    }
    return answers;
  }

  private static void meet(CyclicBarrier barrier) {
    try {
      barrier.await(30, SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
