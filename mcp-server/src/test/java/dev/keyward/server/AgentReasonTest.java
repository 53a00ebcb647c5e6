package dev.keyward.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What an agent says for itself beside a question to people.
@Timeout(120)
final class AgentReasonTest {
  private static final String WHY = "The customer waits for it";

  @TempDir Path folder;
  private TestBroker broker;
  private AgentClient agent;

  @BeforeEach
  void start() throws Exception {
    broker = TestBroker.in(folder);
    agent = broker.agent("a1", "crm.*");
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void whatTheRunIsForAndWhyTheCallIsWantedStandApartAsUnchecked() {
    var run =
        new RunDoor(broker).open(agent.key(), "[{\"tools\":[\"crm.*\"],\"tiers\":[\"write\"]}]");
    AgentClient inRun = broker.stranger(run.token());
    String approval = inRun.call("crm.add_note", TestBroker.NOTE).approval();

    inRun.call("keyward.approval_wait", because(approval, "<b>" + WHY + "</b>"));

    String said = said(approval);
    assertTrue(said.startsWith("What the agent's side says Nobody has checked it."), said);
    assertTrue(said.contains("The run is for test"), said);
    assertTrue(said.contains("<b>" + WHY + "</b>"), said);
  }

  @Test
  void aClientSendsItWithTheCallAndTheDigestStaysTheSame() {
    Called asked = agent.send("tools/call", noteWith("\"" + WHY + "\""));
    assertTrue(said(asked.approval()).contains(WHY));
    String shown = "{\"approval\":\"" + asked.approval() + "\"}";
    assertEquals(WHY, broker.operate("approvals.show", shown).path("agent_says").asString(""));

    assertEquals(303, broker.signIn("olga").approve(asked.approval()));

    assertEquals("ok", agent.call("crm.add_note", TestBroker.NOTE).code());
  }

  @Test
  void theFirstWordsCountSoThatNobodyReadsOneTextAndApprovesAnother() {
    String approval = agent.call("crm.add_note", TestBroker.NOTE).approval();
    Reviewer olga = broker.signIn("olga");
    String before = view(olga, approval);

    agent.call("keyward.approval_wait", because(approval, WHY));
    String told = view(olga, approval);
    agent.call("keyward.approval_wait", because(approval, "Something else"));

    assertFalse(before.equals(told));
    assertEquals(told, view(olga, approval));
    assertTrue(said(approval).contains(WHY));
  }

  @Test
  void whatComesAfterAnAnswerIsNotShown() {
    String approval = agent.call("crm.add_note", TestBroker.NOTE).approval();
    assertEquals(303, broker.signIn("olga").approve(approval));

    assertEquals("approved", agent.call("keyward.approval_wait", because(approval, WHY)).code());

    assertEquals("", said(approval));
  }

  @Test
  void nobodySpeaksForAnother() {
    String approval = agent.call("crm.add_note", TestBroker.NOTE).approval();

    Called other =
        broker.agent("a2", "crm.*").call("keyward.approval_wait", because(approval, WHY));

    assertEquals("invalid_arguments", other.code());
    assertEquals("", said(approval));
  }

  @Test
  void aSecretIsNoReason() throws IOException {
    Called called = agent.call("crm.add_note", TestBroker.NOTE);

    Called refused =
        agent.call(
            "keyward.approval_wait", because(called.approval(), "with " + TestBroker.CRM_KEY));
    Called inMetadata = agent.send("tools/call", noteWith("\"with " + TestBroker.CRM_KEY + "\""));

    assertEquals("secret_in_arguments", refused.code());
    assertEquals("secret_in_arguments", inMetadata.code());
    assertEquals("", said(called.approval()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"\"", "\" \"", "7", "[\"a\"]", "null"})
  void whatIsNoTextIsRefusedBeforeAnybodyIsAsked(String reason) {
    Called refused = agent.send("tools/call", noteWith(reason));

    assertEquals("invalid_arguments", refused.code());
    assertTrue(refused.text().contains("/_meta/keyward~1reason"), refused.text());
    assertEquals(List.of(), broker.upstream().writes());
    assertFalse(broker.signIn("olga").get("/approvals").body().contains("/approvals/apr_"));
  }

  private String said(String approval) {
    return Jsoup.parse(broker.signIn("olga").open(approval).body()).select(".said").text();
  }

  private static String view(Reviewer reader, String approval) {
    return Jsoup.parse(reader.open(approval).body()).select("code.view").text();
  }

  private static String because(String approval, String why) {
    return "{\"approval\":\"" + approval + "\",\"seconds\":0,\"reason\":\"" + why + "\"}";
  }

  private static String noteWith(String reason) {
    return "{\"name\":\"crm.add_note\",\"arguments\":"
        + TestBroker.NOTE
        + ",\"_meta\":{\"keyward/reason\":"
        + reason
        + "}}";
  }
}
