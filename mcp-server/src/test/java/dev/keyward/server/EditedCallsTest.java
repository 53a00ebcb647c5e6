package dev.keyward.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Calls whose arguments a person changes before agreeing: held to all that the agent's own call
/// is, from the page to the upstream and back to the agent.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
final class EditedCallsTest {
  private static final AtomicInteger AGENTS = new AtomicInteger();
  private static final String RULES =
      """
      rules:
        no-large-refund: {effect: deny, tools: [stripe.create_refund], when: args.amount > 1000}
        no-shouting: {effect: deny, tools: [crm.add_note], when: 'args.text.contains("SHOUT")'}
        seen-outside: {effect: review, tools: [crm.add_note], when: '!args.internal'}
      """;

  private Path file;
  private TestBroker broker;
  private Reviewer olga;
  private Reviewer rita;
  private Reviewer rex;
  private AgentClient agent;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    file = Files.writeString(folder.resolve("policy.yaml"), RULES);
    broker = TestBroker.in(folder, "policy: {file: \"" + file + "\"}\n");
    olga = broker.signIn("olga");
    rita = broker.reviewer("rita");
    rex = broker.reviewer("rex");
  }

  @AfterAll
  void stop() {
    broker.close();
  }

  @BeforeEach
  void hire() {
    agent = broker.agent("agent-" + AGENTS.incrementAndGet(), "crm.*", "stripe.*");
  }

  @Test
  void theChangedCallRunsOnceAndTheAgentIsToldWhatWasChanged() {
    String approval = note("Called.").approval();
    int before = broker.upstream().writes().size();
    assertEquals(303, edit(olga, approval, "text", "Called, and wrote."));
    assertEquals(303, olga.approve(approval));

    Called ran = note("Called.");

    assertEquals("ok", ran.code());
    assertEquals(before + 1, broker.upstream().writes().size());
    String sent = broker.upstream().writes().getLast().body();
    assertTrue(sent.contains("Called, and wrote."), sent);
    assertFalse(sent.contains("\"Called.\""), sent);
    assertEquals(
        "{\"text\":\"Called, and wrote.\"}",
        ran.message().at("/result/_meta").path("keyward/call").path("changed").toString());
    assertTrue(
        ran.message()
            .at("/result/content/1/text")
            .asString("")
            .endsWith("{\"text\":\"Called, and wrote.\"}"));

    Called again = note("Called.");
    assertEquals("pending", again.code());
    assertNotEquals(approval, again.approval());
  }

  @Test
  void theRecordHasBothDigestsAndWhoChangedIt() {
    String approval = note("Kept.").approval();
    String asked = broker.digest(approval);
    edit(olga, approval, "text", "Changed.");
    olga.approve(approval);
    Called ran = note("Kept.");

    JsonNode intent = event(ran.call(), "call.intent");
    JsonNode edited = intent.at("/approval/edited");
    assertEquals("olga", edited.path("person").asString(""));
    assertEquals(asked, edited.path("asked_digest").asString(""));
    assertEquals(broker.digest(approval), edited.path("running_digest").asString(""));
    assertEquals(
        intent.at("/permission/call_digest").asString(""),
        edited.path("running_digest").asString(""));
    assertNotEquals(asked, broker.digest(approval));
  }

  @Test
  void whoChangedADangerousCallIsNotOneOfTheTwo() {
    broker.operate("person.add", "{\"name\":\"ruth\",\"roles\":[\"reviewer\"]}");
    Reviewer ruth = broker.signIn("ruth");
    String refund = "{\"charge\":\"ch_1NirD82eZvKYlo2C\",\"amount\":900}";
    String approval = agent.call("stripe.create_refund", refund).approval();
    assertEquals(303, edit(rita, approval, "amount", "90"));

    assertEquals(403, rita.force(approval, broker.digest(approval)));
    assertEquals(303, rex.approve(approval));
    assertEquals("pending", agent.call("stripe.create_refund", refund).code());
    assertEquals(303, ruth.approve(approval));

    assertEquals("ok", agent.call("stripe.create_refund", refund).code());
    String sent = broker.upstream().writes().getLast().body();
    assertTrue(sent.contains("amount=90") && !sent.contains("900"), sent);
  }

  @Test
  void policyTheSchemaAndSecretsHoldForTheChangedCallToo() {
    String refund = "{\"charge\":\"ch_1NirD82eZvKYlo2C\",\"amount\":800}";
    String approval = agent.call("stripe.create_refund", refund).approval();

    assertEquals(422, edit(rita, approval, "amount", "1001"), "policy");
    assertEquals(422, edit(rita, approval, "amount", "-1"), "schema");
    assertEquals(422, edit(rita, approval, "charge", TestBroker.STRIPE_KEY), "a secret");
    assertEquals(422, edit(rita, approval, "charge", "kw_h_card_0123456789"), "no handle");
    assertFalse(shown(approval).has("edited"));
  }

  @Test
  void whatPeopleOfAnotherKindWouldHaveToAgreeToIsNotChangedInto() {
    String approval = note("Inside.").approval();

    assertEquals(422, edit(olga, approval, "internal", "false"));
    assertEquals(422, edit(olga, approval, "text", "SHOUT"));
    assertFalse(shown(approval).has("edited"));
  }

  @Test
  void aStricterPolicyVoidsAChangedCallThatPeopleAgreedTo() throws IOException {
    String approval = note("Quiet.").approval();
    edit(olga, approval, "text", "Louder.");
    olga.approve(approval);
    int before = broker.upstream().writes().size();
    try {
      policy(RULES.replace("SHOUT", "Louder"));

      assertEquals("denied_by_policy", note("Quiet.").code());
    } finally {
      policy(RULES);
    }
    assertEquals(before, broker.upstream().writes().size());
  }

  @Test
  void whatTheRunWasNotGrantedIsNotChangedInto() {
    RunDoor door = new RunDoor(broker);
    String grants =
        "[{\"tools\":[\"crm.add_note\"],\"tiers\":[\"write\"],\"where\":[\"args.ticket_id =="
            + " '4812'\"]}]";
    RunDoor.Reply run = door.open(agent.key(), grants);
    assertEquals("", run.message());
    AgentClient inside = broker.stranger(run.token());
    String approval = inside.call("crm.add_note", arguments("In the run.")).approval();

    assertEquals(422, edit(olga, approval, "ticket_id", "4813"));
    assertFalse(shown(approval).has("edited"));
    assertEquals(303, edit(olga, approval, "text", "Within it."));
    assertEquals(303, olga.approve(approval));
    assertEquals("ok", inside.call("crm.add_note", arguments("In the run.")).code());
  }

  @Test
  void aChangedToolVoidsIt() {
    String name = "notes" + AGENTS.get();
    broker.catalog(name + ".yaml", TOOL.formatted(name, broker.upstream().origin(), "first"));
    AgentClient other = broker.agent("other-" + AGENTS.incrementAndGet(), name + ".*");
    String approval = other.call(name + ".write", "{\"text\":\"a\"}").approval();
    assertEquals(303, edit(olga, approval, "text", "b"));
    assertEquals(303, olga.approve(approval));

    broker.catalog(name + ".yaml", TOOL.formatted(name, broker.upstream().origin(), "second"));

    assertEquals("approval_invalidated", other.call(name + ".write", "{\"text\":\"a\"}").code());
  }

  private static final String TOOL =
      """
      system: %s
      origin: %s
      credential: {ref: local:crm#token, in: bearer}
      tools:
        write:
          title: Write (%s)
          description: Writes a text.
          tier: write
          summary: Write {text}
          input: {properties: {text: {type: string, maxLength: 80}}, required: [text]}
          request: {method: POST, path: /write, body: {json: [text]}}
          result: [id]
      """;

  private Called note(String text) {
    return agent.call("crm.add_note", arguments(text));
  }

  private static String arguments(String text) {
    return TestBroker.NOTE.replace("Called the customer.", text);
  }

  private static int edit(Reviewer person, String approval, String name, String value) {
    return person.submit(
        "/approvals/" + approval, Map.of("decision", "edit", "value:" + name, value));
  }

  private JsonNode shown(String approval) {
    return broker.operate("approvals.show", "{\"approval\":\"" + approval + "\"}");
  }

  private JsonNode event(String call, String type) {
    for (JsonNode row : broker.operate("audit.list", "{\"call\":\"" + call + "\"}")) {
      if (row.path("type").asString("").equals(type)) {
        return row.path("event");
      }
    }
    throw new AssertionError("no " + type);
  }

  private void policy(String rules) throws IOException {
    Files.writeString(file, rules);
    broker.operate("policy.show", "{}");
  }
}
