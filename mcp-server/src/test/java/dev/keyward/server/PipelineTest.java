package dev.keyward.server;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.catalog.ExampleCatalogs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The path of a call, from a real client to a real upstream, with people deciding on their pages.
@Timeout(120)
final class PipelineTest {
  private static final Executor THREADS = Executors.newVirtualThreadPerTaskExecutor();
  private static final String NOTE = TestBroker.NOTE;
  private static final String REFUND = TestBroker.REFUND;

  @TempDir Path folder;
  private TestBroker broker;
  private StandIn upstream;

  @BeforeEach
  void start() throws Exception {
    broker = TestBroker.in(folder);
    upstream = broker.upstream();
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void aReadRunsWithTheCredentialAndOnlyDeclaredFieldsComeBack() {
    upstream.answers("{\"id\":\"4812\",\"subject\":\"Late\",\"internal_score\":7}");

    Called read = broker.agent("a1", "crm.*").call("crm.read_ticket", "{\"ticket_id\":\"4812\"}");

    assertEquals("ok", read.code());
    assertEquals("{\"id\":\"4812\",\"subject\":\"Late\"}", read.text());
    StandIn.Seen seen = upstream.journal().getFirst();
    assertEquals("/api/tickets/4812", seen.path());
    assertEquals(Optional.of("Bearer " + TestBroker.CRM_KEY), seen.authorization());
    assertEquals(List.of("call.intent", "call.outcome"), broker.trail(read.call()));
  }

  @Test
  void aToolCanBeCalledByItsSafeName() {
    Called read = broker.agent("a1", "crm.*").call("crm_read_ticket", "{\"ticket_id\":\"4812\"}");

    assertEquals("ok", read.code());
  }

  @Test
  void aWriteWaitsForTheOwnerAndRunsOnce() {
    AgentClient agent = broker.agent("a1", "crm.*");
    Called asked = agent.call("crm.add_note", NOTE);
    assertEquals("pending", asked.code());
    assertTrue(asked.failed());
    assertEquals(List.of(), upstream.writes());

    assertEquals(303, broker.signIn("olga").approve(asked.approval()));
    Called ran = agent.call("crm.add_note", NOTE);

    assertEquals("ok", ran.code());
    assertEquals(1, upstream.writes().size());
    assertEquals("done", broker.state(asked.approval()));
    Called again = agent.call("crm.add_note", NOTE);
    assertEquals("pending", again.code());
    assertNotEquals(asked.approval(), again.approval());
    assertEquals(1, upstream.writes().size());
  }

  @Test
  void theSameArgumentsInAnotherOrderAreTheSameCall() {
    AgentClient agent = broker.agent("a1", "crm.*");
    Called asked = agent.call("crm.add_note", NOTE);

    Called again =
        agent.call(
            "crm.add_note",
            "{\"internal\": true, \"text\": \"Called the customer.\", \"ticket_id\": \"4812\"}");

    assertEquals(asked.approval(), again.approval());
  }

  @Test
  void changedArgumentsAskAnew() {
    AgentClient agent = broker.agent("a1", "crm.*");
    Called asked = agent.call("crm.add_note", NOTE);
    broker.signIn("olga").approve(asked.approval());

    Called changed = agent.call("crm.add_note", NOTE.replace("4812", "4813"));

    assertEquals("pending", changed.code());
    assertNotEquals(asked.approval(), changed.approval());
    assertEquals(List.of(), upstream.writes());
  }

  @Test
  void aWriteIsTheOwnersToConfirmAndNobodyElses() {
    Reviewer rita = broker.reviewer("rita");
    AgentClient agent = broker.agent("a1", "crm.*");
    Called asked = agent.call("crm.add_note", NOTE);

    assertEquals(403, rita.force(asked.approval(), broker.digest(asked.approval())));

    assertEquals("pending", agent.call("crm.add_note", NOTE).code());
  }

  @Test
  void aDangerousWriteNeedsTwoIndependentPeople() {
    broker.operate("person.add", "{\"name\":\"rex\",\"roles\":[\"reviewer\"]}");
    Reviewer rex = broker.signIn("rex");
    Reviewer rita = broker.reviewer("rita");
    AgentClient agent = broker.agent("a1", "stripe.*");
    Called asked = agent.call("stripe.create_refund", REFUND);
    String approval = asked.approval();

    assertEquals(303, rex.approve(approval));
    assertEquals("pending", agent.call("stripe.create_refund", REFUND).code());
    assertEquals(409, rex.force(approval, broker.digest(approval)));
    assertEquals("partial", broker.state(approval));
    assertEquals(List.of(), upstream.writes());
    assertEquals(303, rita.approve(approval));

    assertEquals("ok", agent.call("stripe.create_refund", REFUND).code());
    assertEquals(1, upstream.writes().size());
  }

  @Test
  void theOwnerDoesNotCountForADangerousWrite() {
    broker.operate("person.add", "{\"name\":\"otto\",\"roles\":[\"reviewer\"]}");
    AgentClient agent = broker.agentOf("otto", "a1", "stripe.*");
    Called asked = agent.call("stripe.create_refund", REFUND);

    Reviewer otto = broker.signIn("otto");
    assertEquals(403, otto.force(asked.approval(), broker.digest(asked.approval())));

    assertEquals("pending", broker.state(asked.approval()));
  }

  @Test
  void oneNoEndsADangerousWrite() {
    Reviewer rex = broker.reviewer("rex");
    Reviewer rita = broker.reviewer("rita");
    AgentClient agent = broker.agent("a1", "stripe.*");
    Called asked = agent.call("stripe.create_refund", REFUND);
    rex.approve(asked.approval());

    assertEquals(303, rita.deny(asked.approval(), "Ask the customer first"));

    assertEquals("not_approved", agent.call("stripe.create_refund", REFUND).code());
    assertEquals(List.of(), upstream.writes());
  }

  @Test
  void inASingleOperatorInstallOneReviewIsEnough() throws Exception {
    use("approvals: {single_operator: true}\n");
    Reviewer rex = broker.reviewer("rex");
    AgentClient agent = broker.agentOf("rex", "a1", "stripe.*");
    Called asked = agent.call("stripe.create_refund", REFUND);
    assertEquals("pending", asked.code());

    assertEquals(303, rex.approve(asked.approval()));

    assertEquals("ok", agent.call("stripe.create_refund", REFUND).code());
  }

  @Test
  void anAllowRuleLetsAWriteRunUnasked() throws Exception {
    use("policy: {allow: [{tool: crm.add_note, agents: [a1]}]}\n");

    assertEquals("ok", broker.agent("a1", "crm.*").call("crm.add_note", NOTE).code());
    assertEquals("pending", broker.agent("a2", "crm.*").call("crm.add_note", NOTE).code());
    assertEquals(1, upstream.writes().size());
  }

  @Test
  void noAllowRuleLetsADangerousWriteRunUnasked() throws Exception {
    use("policy: {allow: [{tool: stripe.*}, {tool: stripe.create_refund}]}\n");

    Called asked = broker.agent("a1", "stripe.*").call("stripe.create_refund", REFUND);

    assertEquals("pending", asked.code());
    assertTrue(asked.text().contains("two independent reviewers"), asked.text());
    assertEquals(List.of(), upstream.writes());
  }

  @Test
  void aDenialReachesTheAgentWithItsReason() {
    AgentClient agent = broker.agent("a1", "crm.*");
    Called asked = agent.call("crm.add_note", NOTE);

    broker.signIn("olga").deny(asked.approval(), "Wrong ticket, it is 4813");

    Called refused = agent.call("crm.add_note", NOTE);
    assertEquals("not_approved", refused.code());
    assertTrue(refused.text().contains("Wrong ticket, it is 4813"), refused.text());
    Called waited = agent.awaitApproval(asked.approval(), 0);
    assertEquals("not_approved", waited.code());
    assertTrue(waited.text().contains("Wrong ticket, it is 4813"), waited.text());
  }

  @Test
  void waitingEndsWhenPeopleDecide() throws Exception {
    AgentClient agent = broker.agent("a1", "crm.*");
    Called asked = agent.call("crm.add_note", NOTE);
    Reviewer olga = broker.signIn("olga");
    assertEquals("pending", agent.awaitApproval(asked.approval(), 0).code());

    var waiting =
        CompletableFuture.supplyAsync(() -> agent.awaitApproval(asked.approval(), 45), THREADS);
    olga.approve(asked.approval());

    Called woken = waiting.get(30, SECONDS);
    assertEquals("approved", woken.code());
    assertFalse(woken.failed());
    assertEquals(List.of(), upstream.writes());
  }

  @Test
  void silenceMeansNo() {
    AgentClient agent = broker.agent("a1", "crm.*");
    Reviewer olga = broker.signIn("olga");
    Called asked = agent.call("crm.add_note", NOTE);

    broker.clock().move(Duration.ofMinutes(31));

    assertNotEquals(303, olga.approve(asked.approval()));
    assertNotEquals("ok", agent.call("crm.add_note", NOTE).code());
    assertEquals(List.of(), upstream.writes());
  }

  @Test
  void anApprovalThatWasNotUsedInTimeIsOver() {
    AgentClient agent = broker.agent("a1", "crm.*");
    Called asked = agent.call("crm.add_note", NOTE);
    broker.signIn("olga").approve(asked.approval());

    broker.clock().move(Duration.ofMinutes(31));

    Called late = agent.call("crm.add_note", NOTE);
    assertEquals("pending", late.code());
    assertNotEquals(asked.approval(), late.approval());
    assertEquals(List.of(), upstream.writes());
  }

  @Test
  void aToolThatChangedAfterTheApprovalIsNotCalled() {
    AgentClient agent = broker.agent("a1", "crm.*");
    Called asked = agent.call("crm.add_note", NOTE);
    broker.signIn("olga").approve(asked.approval());

    broker.catalog(
        "crm.yaml",
        ExampleCatalogs.text("crm.yaml")
            .replace("/api/tickets/{ticket_id}/notes", "/api/all/{ticket_id}/notes"));

    assertEquals("approval_invalidated", agent.call("crm.add_note", NOTE).code());
    assertEquals("invalidated", broker.state(asked.approval()));
    assertEquals(List.of(), upstream.journal());
    assertNotEquals(asked.approval(), agent.call("crm.add_note", NOTE).approval());
  }

  @Test
  void aToolThatBecameDangerousIsNotCalledOnAConfirmation() {
    AgentClient agent = broker.agent("a1", "crm.*");
    Called asked = agent.call("crm.add_note", NOTE);
    broker.signIn("olga").approve(asked.approval());

    broker.catalog(
        "crm.yaml",
        ExampleCatalogs.text("crm.yaml").replace("tier: write", "tier: dangerous_write"));

    assertNotEquals("ok", agent.call("crm.add_note", NOTE).code());
    assertEquals(List.of(), upstream.journal());
  }

  @Test
  void anotherCredentialReferenceInvalidatesAnApproval() {
    broker.secret("other#token", "another-key-0123456789");
    AgentClient agent = broker.agent("a1", "crm.*");
    Called asked = agent.call("crm.add_note", NOTE);
    broker.signIn("olga").approve(asked.approval());

    broker.catalog(
        "crm.yaml",
        ExampleCatalogs.text("crm.yaml").replace("ref: local:crm#token", "ref: local:other#token"));

    assertEquals("approval_invalidated", agent.call("crm.add_note", NOTE).code());
    assertEquals(List.of(), upstream.journal());
  }

  @Test
  void aRotatedSecretDoesNotInvalidateAnApproval() {
    AgentClient agent = broker.agent("a1", "crm.*");
    Called asked = agent.call("crm.add_note", NOTE);
    broker.signIn("olga").approve(asked.approval());

    broker.operate("secret.rotate", "{\"name\":\"crm#token\",\"value\":\"fresh-key-987654321\"}");

    assertEquals("ok", agent.call("crm.add_note", NOTE).code());
    assertEquals(
        Optional.of("Bearer fresh-key-987654321"), upstream.writes().getFirst().authorization());
  }

  @Test
  void aRevokedAgentIsOutAtItsNextRequestAndItsQuestionsAreCancelled() {
    AgentClient agent = broker.agent("a1", "crm.*");
    Called asked = agent.call("crm.add_note", NOTE);
    Called approved = agent.call("crm.add_note", NOTE.replace("4812", "4813"));
    broker.signIn("olga").approve(approved.approval());

    broker.operate("agent.revoke", "{\"name\":\"a1\"}");

    assertEquals(401, agent.call("crm.add_note", NOTE.replace("4812", "4813")).status());
    assertEquals(401, agent.initialize().status());
    assertEquals("cancelled", broker.state(asked.approval()));
    assertEquals("cancelled", broker.state(approved.approval()));
    assertEquals(List.of(), upstream.writes());
  }

  @Test
  void aRotatedKeyEndsTheOldOneItsRunAndItsApprovals() {
    AgentClient agent = broker.agent("a1", "crm.*");
    Called asked = agent.call("crm.add_note", NOTE);
    broker.signIn("olga").approve(asked.approval());

    String fresh = broker.operate("agent.rotate", "{\"name\":\"a1\"}").get("key").stringValue();

    assertEquals(401, agent.call("crm.add_note", NOTE).status());
    assertEquals("cancelled", broker.state(asked.approval()));
    assertEquals("pending", agent.with(fresh).call("crm.add_note", NOTE).code());
    assertEquals(List.of(), upstream.writes());
  }

  @Test
  void anAgentRevokedDuringAReadGetsNoAnswer() throws Exception {
    AgentClient agent = broker.agent("a1", "crm.*");
    upstream.answers(
        exchange -> {
          broker.operate("agent.revoke", "{\"name\":\"a1\"}");
          StandIn.json("{\"id\":\"4812\",\"subject\":\"Late\"}").answer(exchange);
        });

    Called read = agent.call("crm.read_ticket", "{\"ticket_id\":\"4812\"}");

    assertFalse(read.raw().contains("Late"), read.raw());
    assertEquals(1, upstream.journal().size());
  }

  @Test
  void aWriteWhoseAgentWasRevokedMeanwhileHasOneKnownOutcomeAndNoAnswer() {
    AgentClient agent = broker.agent("a1", "crm.*");
    Called asked = agent.call("crm.add_note", NOTE);
    broker.signIn("olga").approve(asked.approval());
    upstream.answers(
        exchange -> {
          broker.operate("agent.revoke", "{\"name\":\"a1\"}");
          StandIn.of(201, "application/json", "{\"id\":\"note-77\"}").answer(exchange);
        });

    Called ran = agent.call("crm.add_note", NOTE);

    assertFalse(ran.raw().contains("note-77"), ran.raw());
    assertEquals("done", broker.state(asked.approval()));
    JsonNode outcomes = broker.operate("audit.list", "{\"type\":\"call.outcome\"}");
    assertEquals(1, outcomes.size());
    assertEquals("ok", outcomes.get(0).path("code").asString());
  }

  @Test
  void whoSignsInIsRecorded() {
    broker.signIn("olga");

    JsonNode records = broker.operate("audit.list", "{\"type\":\"person.signed_in\"}");

    assertEquals("olga", records.get(0).at("/event/person").asString());
  }

  @Test
  void anotherAgentCanNeitherSeeNorWaitForNorUseAnApproval() {
    AgentClient mine = broker.agent("a1", "crm.*");
    AgentClient other = broker.agent("a2", "crm.*");
    Called asked = mine.call("crm.add_note", NOTE);
    broker.signIn("olga").approve(asked.approval());

    Called waited = other.awaitApproval(asked.approval(), 0);
    Called nothing = other.awaitApproval("apr_" + "0".repeat(26), 0);
    Called used = other.call("crm.add_note", NOTE);

    assertEquals("invalid_arguments", waited.code());
    assertEquals(
        nothing.text().replace(nothing.call(), ""), waited.text().replace(waited.call(), ""));
    assertEquals("pending", used.code());
    assertNotEquals(asked.approval(), used.approval());
    assertEquals(List.of(), upstream.writes());
  }

  @Test
  void theApprovalOfSomebodyWhoWasRemovedDoesNotCount() {
    AgentClient agent = broker.agent("a1", "stripe.*");
    Called asked = agent.call("stripe.create_refund", REFUND);
    broker.reviewer("rex").approve(asked.approval());
    broker.reviewer("rita").approve(asked.approval());

    broker.operate("person.remove", "{\"name\":\"rex\"}");

    assertNotEquals("ok", agent.call("stripe.create_refund", REFUND).code());
    assertEquals(List.of(), upstream.writes());
  }

  @Test
  void somebodyWhoWasRemovedIsSignedOut() {
    Reviewer rex = broker.reviewer("rex");
    assertEquals(200, rex.get("/approvals").statusCode());

    broker.operate("person.remove", "{\"name\":\"rex\"}");

    assertEquals(401, rex.get("/approvals").statusCode());
  }

  @Test
  void anAgentIsShownOnlyWhatItMayCall() {
    String listed = broker.agent("a1", "crm.read_ticket").list().raw();

    assertTrue(listed.contains("crm.read_ticket"));
    assertFalse(listed.contains("crm.add_note"));
    assertFalse(listed.contains("stripe"));
    assertFalse(listed.contains("approval_wait"));
  }

  @Test
  void theReviewerSeesEveryArgument() {
    AgentClient agent = broker.agent("a1", "crm.*");
    Called asked = agent.call("crm.add_note", NOTE);

    String page = broker.signIn("olga").open(asked.approval()).body();

    assertTrue(page.contains("Called the customer."));
    assertTrue(page.contains("4812"));
    assertTrue(page.contains("internal"));
  }

  @Test
  void anApprovalOutlivesARestartAndIsUsedOnce() throws Exception {
    AgentClient agent = broker.agent("a1", "crm.*");
    Called asked = agent.call("crm.add_note", NOTE);
    broker.signIn("olga").approve(asked.approval());

    broker.stop();
    broker.start();
    agent.with(agent.key());

    assertEquals("ok", agent.call("crm.add_note", NOTE).code());
    assertEquals("pending", agent.call("crm.add_note", NOTE).code());
    assertEquals(1, upstream.writes().size());
  }

  private void use(String settings) throws Exception {
    broker.configure(settings);
    broker.stop();
    broker.start();
  }
}
