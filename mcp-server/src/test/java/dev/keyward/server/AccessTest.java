package dev.keyward.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// A run gets more than it was opened with only from people, for a time, and never more than what
/// is around it may have.
@Timeout(120)
final class AccessTest {
  private static final String ASK = "keyward.request_access";
  private static final String MORE =
      "{\"tools\":[\"desk.pay\"],\"calls\":1,\"minutes\":10,\"reason\":\"one bill is due\"}";
  private static final String READS = "[{\"tools\":[\"desk.read\"]}]";

  @TempDir Path folder;
  private TestBroker broker;
  private RunDoor runs;
  private AgentClient agent;

  @BeforeEach
  void start() throws Exception {
    Files.writeString(folder.resolve("rules.yaml"), "rules: {}");
    broker =
        TestBroker.in(
            folder,
            """
            approvals: {single_operator: true}
            policy: {file: %s, allow: [{tool: desk.pay}]}
            """
                .formatted(folder.resolve("rules.yaml")));
    broker.catalog("desk.yaml", RunsTest.DESK);
    runs = new RunDoor(broker);
    agent = broker.agent("a1", "desk.*", "stripe.*");
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void whatPeopleGiveHoldsForItsCallsAndItsTime() {
    AgentClient inside = in(runs.open(agent.key(), READS));
    assertEquals("outside_grants", pay(inside, 1));

    Called asked = inside.call(ASK, MORE);
    assertEquals("pending", asked.code());
    assertEquals("outside_grants", pay(inside, 1));
    broker.signIn("olga").approve(asked.approval());
    assertEquals("outside_grants", pay(inside, 1));
    Called given = inside.call(ASK, MORE);

    assertEquals("granted", given.code(), given.text());
    assertEquals("ok", pay(inside, 1));
    assertEquals("outside_grants", pay(inside, 2));
    assertEquals(1, broker.upstream().writes().size());
  }

  @Test
  void aGivenGrantEndsWithItsTime() {
    AgentClient inside = in(runs.open(agent.key(), READS));
    take(inside, MORE);

    broker.clock().move(Duration.ofMinutes(10));

    assertEquals("outside_grants", pay(inside, 1));
  }

  @Test
  void oneAnswerIsTakenUpOnce() {
    AgentClient inside = in(runs.open(agent.key(), READS));
    take(inside, MORE);
    assertEquals("ok", pay(inside, 1));

    Called again = inside.call(ASK, MORE);

    assertEquals("pending", again.code());
    assertEquals("outside_grants", pay(inside, 2));
  }

  @Test
  void anAnswerForOneRunWidensNoOther() {
    AgentClient one = in(runs.open(agent.key(), READS));
    AgentClient two = in(runs.open(agent.key(), READS));
    take(one, MORE);

    Called elsewhere = two.call(ASK, MORE);

    assertEquals("pending", elsewhere.code());
    assertEquals("outside_grants", pay(two, 1));
  }

  @Test
  void aNoIsANo() {
    AgentClient inside = in(runs.open(agent.key(), READS));
    Called asked = inside.call(ASK, MORE);

    broker.signIn("olga").deny(asked.approval(), "not today");

    Called told = inside.call(ASK, MORE);
    assertEquals("not_approved", told.code());
    assertTrue(told.text().contains("not today"));
    assertEquals("outside_grants", pay(inside, 1));
  }

  @Test
  void peopleSeeAllOfIt() {
    AgentClient inside = in(runs.open(agent.key(), READS));
    String approval = inside.call(ASK, MORE).approval();

    String page = broker.signIn("olga").open(approval).body();

    for (String shown :
        List.of("More access for this run", "desk.pay", "10 min", "at most 1 calls", "one bill")) {
      assertTrue(page.contains(shown), shown);
    }
  }

  @Test
  void whatCanDoTheMostHarmIsNotForItsOwnerToGive() {
    AgentClient inside = in(runs.open(agent.key(), READS));

    Called asked =
        inside.call(ASK, "{\"tools\":[\"stripe.create_refund\"],\"reason\":\"money back\"}");

    assertEquals("pending", asked.code());
    assertNotEquals(303, broker.signIn("olga").approve(asked.approval()));
    assertEquals(303, broker.reviewer("rex").approve(asked.approval()));
    assertEquals(
        "granted",
        inside
            .call(ASK, "{\"tools\":[\"stripe.create_refund\"],\"reason\":\"money back\"}")
            .code());
    assertEquals("pending", inside.call("stripe.create_refund", TestBroker.REFUND).code());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'tools':['crm.read_ticket'],'reason':'r'}               | tools must be among",
        "{'tools':['desk.pay']}                                   | reason must",
        "{'reason':'r'}                                           | tools must",
        "{'tools':['desk.pay'],'reason':'r','minutes':100000}     | minutes must",
        "{'tools':['desk.pay'],'reason':'r','delegators':['ann']} | may only have",
        "{'tools':['desk.pay'],'reason':'r','tiers':['read']}     | name no tool",
        "{'tools':['desk.pay'],'reason':'r','where':['amount <']} | where",
        "MANY                                                     | where must have 16",
      })
  void whatNobodyCouldGiveIsNotAskedFor(String request, String rule) {
    AgentClient inside = in(runs.open(agent.key(), READS));

    String many =
        "{'tools':['desk.pay'],'reason':'r','where':[" + "'amount<1',".repeat(16) + "'amount<1']}";
    Called refused = inside.call(ASK, request.strip().replace("MANY", many).replace('\'', '"'));

    assertEquals("invalid_arguments", refused.code());
    String told = refused.text().replace("argument /where", "where");
    assertTrue(told.contains(rule), refused.text());
    assertEquals(0, broker.operate("approvals.list", "{}").size());
  }

  @Test
  void anInnerRunGetsNothingThatTheOuterHasNot() {
    RunDoor.Reply outer = runs.open(agent.key(), READS);
    RunDoor.Reply inner = runs.open(outer.token(), READS);

    assertEquals("invalid_arguments", in(inner).call(ASK, MORE).code());
    take(in(outer), MORE);
    take(in(inner), MORE.replace("one bill", "the bill"));

    assertEquals("ok", pay(in(inner), 1));
    assertEquals("outside_grants", pay(in(outer), 2));
  }

  @Test
  void anAnswerNoLongerCountsOnceTheAgentMayLess() {
    RunDoor.Reply run = runs.open(agent.key(), READS);
    Called asked = in(run).call(ASK, MORE);
    broker.signIn("olga").approve(asked.approval());

    runs.end(agent.key(), run.run());

    assertEquals(401, in(run).call(ASK, MORE).status());
    assertEquals("cancelled", broker.state(asked.approval()));
  }

  @Test
  void aSecretIsNoReason() {
    AgentClient inside = in(runs.open(agent.key(), READS));

    Called refused = inside.call(ASK, MORE.replace("one bill", TestBroker.STRIPE_KEY));

    assertEquals("secret_in_arguments", refused.code());
    assertFalse(refused.raw().contains(TestBroker.STRIPE_KEY));
  }

  @Test
  void onlyRunsWithGrantsAreOfferedIt() {
    AgentClient inside = in(runs.open(agent.key(), READS));

    assertTrue(lists(inside));
    assertFalse(lists(agent));
    assertEquals("invalid_arguments", agent.call(ASK, MORE).code());
  }

  @Test
  void aRuleGivesWithoutAskingAnybody() {
    rules(
        """
        small:
          tools: [keyward.request_access]
          when: args.tools == ["desk.pay"] && has(args.calls) && args.calls <= 1
          effect: allow
        """);
    AgentClient inside = in(runs.open(agent.key(), READS));

    assertEquals("pending", inside.call(ASK, MORE.replace("\"calls\":1", "\"calls\":2")).code());
    assertEquals("granted", inside.call(ASK, MORE).code());

    assertEquals("ok", pay(inside, 1));
    assertEquals("outside_grants", pay(inside, 2));
    assertEquals("small", widened().get("rule").stringValue());
    assertFalse(widened().has("approval"));
  }

  @Test
  void whatARuleGivesIsNotGivenTwiceAtATime() {
    rules("small: {tools: [keyward.request_access], when: 'args.calls <= 1', effect: allow}");
    AgentClient inside = in(runs.open(agent.key(), READS));
    assertEquals("granted", inside.call(ASK, MORE).code());
    assertEquals("ok", pay(inside, 1));

    assertEquals("granted", inside.call(ASK, MORE).code());

    assertEquals("outside_grants", pay(inside, 2));
    assertEquals(1, broker.operate("audit.list", "{\"type\":\"run.widened\"}").size());
    broker.clock().move(Duration.ofMinutes(10));
    assertEquals("granted", inside.call(ASK, MORE).code());
    assertEquals("ok", pay(inside, 3));
  }

  @Test
  void requestsAreNotAskedOfHistory() throws Exception {
    Files.writeString(
        folder.resolve("rules.yaml"),
        "rules: {once: {when: 'after(\"keyward.request_access\")', effect: deny}}");

    JsonNode shown = broker.operate("policy.show", "{}");

    assertTrue(shown.at("/problems/0").stringValue().contains("is not counted"), shown.toString());
  }

  @Test
  void whatIsAllowedForAllToolsGivesNoneOfThem() {
    rules("generous: {effect: allow}");
    AgentClient inside = in(runs.open(agent.key(), READS));

    assertEquals("pending", inside.call(ASK, MORE).code());
  }

  @Test
  void noRuleGivesWhatCanDoTheMostHarm() {
    rules("generous: {tools: [keyward.request_access], effect: allow}");
    AgentClient inside = in(runs.open(agent.key(), READS));

    Called asked =
        inside.call(ASK, "{\"tools\":[\"stripe.create_refund\"],\"reason\":\"money back\"}");

    assertEquals("pending", asked.code());
    assertNotEquals(303, broker.signIn("olga").approve(asked.approval()));
  }

  @Test
  void aRuleDeniesBeforeAnybodyIsAskedAndAfterwardsToo() {
    AgentClient inside = in(runs.open(agent.key(), READS));
    String approval = inside.call(ASK, MORE).approval();
    assertEquals(303, broker.signIn("olga").approve(approval));

    rules("never: {tools: [keyward.request_access], when: 'args.minutes > 5', effect: deny}");

    assertEquals("denied_by_policy", inside.call(ASK, MORE).code());
    assertEquals("outside_grants", pay(inside, 1));
    assertEquals(1, broker.operate("approvals.list", "{}").size());
  }

  @Test
  void anInnerRunIsGivenNothingUnaskedThatARuleAsksForOfTheOuterAgent() {
    broker.agent("helper", "desk.*");
    rules(
        """
        helpers: {tools: [keyward.request_access], agents: [helper], effect: allow}
        """);
    RunDoor.Reply outer = runs.open(agent.key(), "[{\"tools\":[\"desk.*\"]}]");
    RunDoor.Reply inner =
        runs.post(
            outer.token(), "{\"purpose\":\"p\",\"agent\":\"helper\",\"grants\":" + READS + "}");

    assertEquals("pending", in(inner).call(ASK, MORE).code());
  }

  @Test
  void theRecordSaysWhoGaveWhat() {
    AgentClient inside = in(runs.open(agent.key(), READS));
    take(inside, MORE);

    assertTrue(widened().at("/approval/id").stringValue().startsWith("apr_"));
    assertFalse(widened().toString().contains("bill"));
  }

  private JsonNode widened() {
    return broker.operate("audit.list", "{\"type\":\"run.widened\"}").get(0).get("event");
  }

  private void rules(String rules) {
    try {
      Files.writeString(folder.resolve("rules.yaml"), "rules:\n" + rules.indent(2));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    JsonNode shown = broker.operate("policy.show", "{}"); // reads them at once
    assertEquals(0, shown.path("problems").size(), shown.toString());
  }

  private void take(AgentClient inside, String request) {
    String approval = inside.call(ASK, request).approval();
    broker.signIn("olga").approve(approval);
    assertEquals("granted", inside.call(ASK, request).code());
  }

  private static boolean lists(AgentClient agent) {
    return agent.list().raw().contains(ASK);
  }

  private AgentClient in(RunDoor.Reply run) {
    return broker.stranger(run.token());
  }

  private static String pay(AgentClient agent, int amount) {
    return agent.call("desk.pay", "{\"amount\":" + amount + ",\"to\":\"x\"}").code();
  }
}
