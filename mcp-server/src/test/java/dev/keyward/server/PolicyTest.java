package dev.keyward.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.server.config.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A broker with a policy file: real agents, real upstreams, people on their pages.
@Timeout(120)
final class PolicyTest {
  private static final String TICKET = "{\"ticket_id\":\"4812\"}";

  @TempDir Path folder;
  private TestBroker broker;
  private StandIn upstream;

  @BeforeEach
  void start() throws Exception {
    Files.writeString(file(), "rules: {}\n");
    broker = TestBroker.in(folder, "policy: {file: \"" + file() + "\"}\n");
    upstream = broker.upstream();
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void aDeniedCallReachesNobodyAndTheRecordNamesRuleAndPolicy() throws IOException {
    String digest =
        rules("rules: {one-ticket: {effect: deny, when: 'args.ticket_id == \"4812\"'}}");
    AgentClient agent = broker.agent("a1", "crm.*");

    Called denied = agent.call("crm.read_ticket", TICKET);

    assertEquals("denied_by_policy", denied.code());
    assertTrue(denied.text().contains("one-ticket"), denied.text());
    assertEquals(List.of(), upstream.journal());
    JsonNode ruling = recorded(denied, "call.refused");
    assertEquals("one-ticket", ruling.path("rule").stringValue());
    assertEquals("deny", ruling.path("effect").stringValue());
    assertEquals(digest, ruling.path("digest").stringValue());
    assertEquals("ok", agent.call("crm.read_ticket", "{\"ticket_id\":\"1\"}").code());
  }

  @Test
  void aRuleThatCannotBeEvaluatedDeniesAndSaysWhyInTheRecordOnly() throws IOException {
    rules("rules: {small: {effect: allow, when: 'args.amount < 50'}}");

    Called denied = broker.agent("a1", "crm.*").call("crm.read_ticket", TICKET);

    assertEquals("denied_by_policy", denied.code());
    String why = recorded(denied, "call.refused").path("failure").stringValue();
    assertTrue(why.startsWith("it reads what is not there"), why);
    assertFalse(denied.raw().contains("it reads"), denied.raw());
  }

  @Test
  void aRuleTakesPersonalDataOutOfWhatItMatchesWhicheverRuleDecides() throws IOException {
    rules(
        "rules: {a-reads: {effect: allow, tools: [crm.read_ticket]},"
            + " careful: {effect: allow, agents: [a1], personal: [email]},"
            + " watched: {effect: allow, mode: observe, personal: [phone]}}");
    upstream.answers("{\"subject\":\"write to ann.lamp@example.org or call +49 30 901820\"}");

    String careful = broker.agent("a1", "crm.*").call("crm.read_ticket", TICKET).text();
    String other = broker.agent("a2", "crm.*").call("crm.read_ticket", TICKET).text();

    assertFalse(careful.contains("lamp"), careful);
    assertTrue(careful.contains("901820"), careful);
    assertTrue(other.contains("ann.lamp@example.org"), other);
  }

  @Test
  void aReadCanNeedAPerson() throws IOException {
    rules("rules: {vip: {effect: confirm, tools: [crm.read_ticket]}}");
    AgentClient agent = broker.agent("a1", "crm.read_ticket");
    assertTrue(agent.list().raw().contains("keyward.approval_wait"));

    Called asked = agent.call("crm.read_ticket", TICKET);
    assertEquals("pending", asked.code());
    assertEquals(List.of(), upstream.journal());
    assertEquals(303, broker.signIn("olga").approve(asked.approval()));

    assertEquals("ok", agent.call("crm.read_ticket", TICKET).code());
    assertEquals("pending", agent.call("crm.read_ticket", TICKET).code());
    assertEquals(1, upstream.journal().size());
  }

  @Test
  void aStricterRuleMakesAnApprovalUseless() throws IOException {
    AgentClient agent = broker.agent("a1", "crm.*");
    Called asked = agent.call("crm.add_note", TestBroker.NOTE);
    assertEquals(303, broker.signIn("olga").approve(asked.approval()));

    rules("rules: {two: {effect: dual, tools: [crm.add_note]}}");
    Called again = agent.call("crm.add_note", TestBroker.NOTE);

    assertFalse(again.code().equals("ok"), again.code());
    assertEquals(List.of(), upstream.writes());
  }

  @Test
  void noRuleLetsADangerousWriteRunUnasked() throws IOException {
    rules("rules: {refunds: {effect: allow, tools: [stripe.create_refund]}}");

    Called asked = broker.agent("a1", "stripe.*").call("stripe.create_refund", TestBroker.REFUND);

    assertEquals("pending", asked.code());
    assertTrue(asked.text().contains("two independent reviewers"), asked.text());
  }

  @Test
  void whatItsOwnerHasAlwaysConfirmedIsSuggestedAndRunsOnceItIsPasted() throws IOException {
    AgentClient agent = broker.agent("a1", "crm.*");
    Reviewer olga = broker.signIn("olga");
    broker.operate("person.add", "{\"name\":\"nina\",\"roles\":[\"member\"]}");
    AgentClient other = broker.agentOf("nina", "b1", "crm.*");
    Reviewer nina = broker.signIn("nina");
    String token = "ghp_" + "4fJq83LmZx0Vd71PwsTy9sKd02Mxq7TzLbW4";
    for (int i = 0; i < 3; i++) {
      confirmed(agent, olga, note("4812", "Done " + i));
      confirmed(other, nina, note("481" + i, token));
    }
    int before = upstream.writes().size();

    JsonNode suggested = broker.operate("approvals.suggest", "{\"least\":3}");

    assertEquals(1, suggested.size(), suggested.toString());
    assertFalse(suggested.toString().contains("b1"), suggested.toString());
    assertEquals("[\"olga\"]", suggested.get(0).path("people").toString());
    assertEquals("pending", agent.call("crm.add_note", note("4812", "Done 7")).code());
    rules("rules:\n" + suggested.get(0).path("yaml").stringValue());
    assertEquals("ok", agent.call("crm.add_note", note("4812", "Done 8")).code());
    assertEquals("pending", agent.call("crm.add_note", note("4813", "Done 8")).code());
    assertEquals(before + 1, upstream.writes().size());
  }

  private void confirmed(AgentClient agent, Reviewer owner, String note) {
    Called asked = agent.call("crm.add_note", note);
    broker.clock().move(Duration.ofSeconds(20));
    assertEquals(303, owner.approve(asked.approval()));
    assertEquals("ok", agent.call("crm.add_note", note).code());
  }

  private static String note(String ticket, String text) {
    return "{\"ticket_id\":\"" + ticket + "\",\"text\":\"" + text + "\",\"internal\":true}";
  }

  @Test
  void anObservedRuleIsRecordedAndDoesNothing() throws IOException {
    rules("rules: {quiet: {effect: deny, mode: observe}}");

    Called read = broker.agent("a1", "crm.*").call("crm.read_ticket", TICKET);

    assertEquals("ok", read.code());
    JsonNode observed = recorded(read, "call.intent").path("observed").get(0);
    assertEquals("quiet", observed.path("rule").stringValue());
    assertEquals("deny", observed.path("effect").stringValue());
  }

  @Test
  void aToolThatIsDeniedWhateverItsArgumentsIsNotListedAndCannotBeCalled() throws IOException {
    rules(
        """
        rules:
          none: {effect: deny, tools: [crm.read_ticket]}
          some: {effect: deny, tools: [crm.add_note], when: 'args.internal'}
        """);
    AgentClient agent = broker.agent("a1", "crm.*");

    String listed = agent.list().raw();

    assertFalse(listed.contains("crm.read_ticket"), listed);
    assertTrue(listed.contains("crm.add_note"), listed);
    assertEquals("denied_by_policy", agent.call("crm.read_ticket", TICKET).code());
  }

  @Test
  void anInnerRunIsNoWayAroundARuleAboutItsRun() throws IOException {
    rules(
        """
        rules:
          then-quiet: {effect: deny, tools: [crm.add_note], when: 'after("crm.read_ticket")'}
          no-triage: {effect: deny, tools: [crm.add_note], when: 'run.workflow == "triage"'}
        """);
    var runs = new RunDoor(broker);
    String key = broker.agent("a1", "crm.*").key();
    String outer = runs.post(key, "{\"purpose\":\"outer\"}").token();
    String inner = runs.post(outer, "{\"purpose\":\"inner\"}").token();
    String triage = runs.post(key, "{\"purpose\":\"outer\",\"workflow\":\"triage\"}").token();
    String other = runs.post(triage, "{\"purpose\":\"inner\",\"workflow\":\"other\"}").token();
    assertEquals("pending", in(inner).call("crm.add_note", TestBroker.NOTE).code());

    assertEquals("ok", in(inner).call("crm.read_ticket", TICKET).code());

    assertEquals("denied_by_policy", in(outer).call("crm.add_note", TestBroker.NOTE).code());
    String later = runs.post(outer, "{\"purpose\":\"later\"}").token();
    assertEquals("denied_by_policy", in(later).call("crm.add_note", TestBroker.NOTE).code());
    assertEquals("denied_by_policy", in(other).call("crm.add_note", TestBroker.NOTE).code());
  }

  @Test
  void whatAnInnerAgentDoesCountsForThoseAroundIt() throws IOException {
    rules(
        """
        rules:
          two: {effect: deny, agents: [a1], when: 'calls("crm.read_ticket", "1h") >= 2'}
        """);
    var runs = new RunDoor(broker);
    AgentClient agent = broker.agent("a1", "crm.*");
    AgentClient helper = broker.agent("helper", "crm.*");
    String outer = runs.post(agent.key(), "{\"purpose\":\"outer\"}").token();
    String request = "{\"purpose\":\"inner\",\"agent\":\"helper\"}";
    AgentClient within = in(runs.post(outer, request).token());
    AgentClient opened = in(runs.post(agent.key(), request).token());

    assertEquals("ok", within.call("crm.read_ticket", TICKET).code());
    assertEquals("ok", opened.call("crm.read_ticket", TICKET).code());

    assertEquals("denied_by_policy", within.call("crm.read_ticket", TICKET).code());
    assertEquals("denied_by_policy", opened.call("crm.read_ticket", TICKET).code());
    assertEquals("denied_by_policy", agent.call("crm.read_ticket", TICKET).code());
    assertEquals("ok", helper.call("crm.read_ticket", TICKET).code());
  }

  @Test
  void callsAtTheSameTimeCannotPassALimitTogether() throws Exception {
    rules("rules: {five: {effect: deny, when: 'calls(\"crm.read_ticket\", \"1h\") >= 5'}}");
    AgentClient agent = broker.agent("a1", "crm.*");
    Callable<String> read = () -> agent.call("crm.read_ticket", TICKET).code();

    List<String> codes = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<String> code : threads.invokeAll(Collections.nCopies(12, read))) {
        codes.add(code.get());
      }
    }

    assertEquals(5, codes.stream().filter("ok"::equals).count(), codes.toString());
    assertEquals(7, codes.stream().filter("denied_by_policy"::equals).count());
    assertEquals(5, upstream.journal().size());
  }

  @Test
  void aBrokenFileChangesNothingButTheRecord() throws IOException {
    rules("rules: {none: {effect: deny, tools: [crm.read_ticket]}}");
    AgentClient agent = broker.agent("a1", "crm.*");

    replace("rules: {none: {effect: denied}}");
    JsonNode shown = broker.operate("policy.show", "{}");

    assertTrue(
        shown.at("/problems/0").stringValue().startsWith("policy.yaml:1: rules.none.effect"),
        shown.toString());
    assertEquals("denied_by_policy", agent.call("crm.read_ticket", TICKET).code());
    JsonNode changed = broker.operate("audit.list", "{\"type\":\"policy.changed\"}");
    assertEquals(2, changed.size(), changed.toString());
    assertTrue(broker.operate("doctor", "{}").toString().contains("the last good rules stay"));
  }

  @Test
  void aBrokenFileLetsNoBrokerStart() throws Exception {
    broker.stop();
    Files.writeString(file(), "rules: {a: {effect: deny, when: nobody}}");

    var refused = assertThrows(CannotStart.class, () -> open(broker.home()));

    assertTrue(
        String.valueOf(refused.getMessage()).startsWith("policy.yaml:1: rules.a.when"),
        refused.getMessage());
    Files.delete(file());
    assertThrows(CannotStart.class, () -> open(broker.home()));
    Files.writeString(file(), "rules: {}");
    broker.start();
  }

  @Test
  void explainSaysWhatEveryRuleSays() throws IOException {
    rules(
        """
        rules:
          one: {effect: review, tools: [crm.read_ticket]}
          other: {effect: deny, agents: [a2]}
          odd: {effect: dual, when: 'args.amount > 5', mode: observe}
        """);
    broker.agent("a1", "crm.*");

    JsonNode explained =
        broker.operate(
            "policy.explain",
            "{\"agent\":\"a1\",\"tool\":\"crm.read_ticket\",\"args\":\"{\\\"ticket_id\\\":\\\"1\\\"}\"}");

    assertEquals("review", explained.path("effect").stringValue());
    assertEquals("one", explained.path("rule").stringValue());
    List<String> says = new ArrayList<>();
    explained
        .path("rules")
        .forEach(
            rule ->
                says.add(rule.path("rule").stringValue() + ": " + rule.path("says").stringValue()));
    assertEquals(
        List.of(
            "other: is not about this call: agents",
            "odd: denies, since it reads what is not there in this call (has(args.name) asks for"
                + " that first)",
            "one: matches"),
        says);
    assertEquals(List.of(), upstream.journal());
  }

  private AgentClient in(String token) {
    return broker.stranger(token);
  }

  private static void open(Home home) throws CannotStart {
    Keyward.open(home, Mode.SERVE, new SettableClock()).close();
  }

  private Path file() {
    return folder.resolve("policy.yaml");
  }

  /// Writes the rules; they count on return.
  private String rules(String text) throws IOException {
    replace(text);
    JsonNode shown = broker.operate("policy.show", "{}");
    assertTrue(shown.path("problems").isEmpty(), shown.toString());
    return shown.path("digest").stringValue();
  }

  /// Puts it there as a whole: the broker looks every second, and half a file would be a change
  /// too.
  private void replace(String text) throws IOException {
    Path whole = Files.writeString(folder.resolve("policy.new"), text);
    Files.move(whole, file(), StandardCopyOption.ATOMIC_MOVE);
  }

  private JsonNode recorded(Called call, String type) {
    for (JsonNode row : broker.operate("audit.list", "{\"call\":\"" + call.call() + "\"}")) {
      if (row.path("type").stringValue().equals(type)) {
        return row.at("/event/policy");
      }
    }
    throw new AssertionError("there is no " + type + " of " + call.call());
  }
}
