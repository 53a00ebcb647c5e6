package dev.keyward.server;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What people are shown of how things are before a call: real agents, a real upstream, real pages.
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PreviewTest {
  private static final AtomicInteger NAMES = new AtomicInteger();
  private static final String OLD = "Parcel has not come";

  private static final String DESK =
      """
      system: desk
      origin: https://desk.example
      credential: {ref: local:crm#token, in: bearer}
      handles: {reset_link: {}}
      tools:
        update:
          title: Update a ticket
          description: Updates a ticket.
          tier: write
          summary: "Set ticket {id} to {subject}"
          preview:
            tool: read
            arguments: [id]
            fields: [status, {field: subject, becomes: subject}, {field: size, becomes: size}, link, by.name]
          input:
            properties:
              id: {type: string, pattern: "^[a-z0-9-]{1,40}$"}
              subject: {type: string, maxLength: 1000}
              size: {type: integer}
            required: [id, subject]
          request: {method: POST, path: "/tickets/{id}", body: {json: [subject, size]}}
          result: [id]
        read:
          title: Read a ticket
          description: Reads a ticket.
          tier: read
          input: {properties: {id: {type: string}}, required: [id]}
          request: {method: GET, path: "/tickets/{id}"}
          result: [{field: id, id: ticket}, status, subject, size, by.name, {field: link, handle: reset_link}]
          limits: {timeout: 4s}
        close:
          title: Close a ticket
          description: Closes a ticket that the agent has seen.
          tier: write
          summary: "Close {ticket}"
          input:
            properties: {ticket: {type: string, id_of: ticket, pattern: "^[a-z0-9-]{1,40}$"}}
            required: [ticket]
          request: {method: POST, path: "/tickets/{ticket}/close"}
          result: [id]
        rename:
          title: Rename a ticket
          description: Renames a ticket.
          tier: write
          summary: "Rename"
          preview: {tool: read_rarely, arguments: [{name: id, from: ticket}], fields: [{field: subject, becomes: subject}]}
          input: {properties: {ticket: {type: string}, subject: {type: string}}, required: [subject]}
          request: {method: POST, path: /rename, body: {json: [ticket, subject]}}
          result: [id]
        read_rarely:
          title: Read a ticket
          description: Reads a ticket.
          tier: read
          input: {properties: {id: {type: string}}, required: [id]}
          request: {method: GET, path: "/tickets/{id}"}
          result: [subject]
          limits: {per_minute: 1}
      """;

  private static final String RULES =
      """
      rules:
        not-for-these: {effect: deny, tools: [desk.read], when: 'agent.id.startsWith("denied")'}
        ask-for-these: {effect: review, tools: [desk.read], when: 'agent.id.startsWith("asked")'}
      """;

  private TestBroker broker;
  private StandIn upstream;
  private Reviewer olga;
  private AgentClient agent;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    Path policy = Files.writeString(folder.resolve("policy.yaml"), RULES);
    broker =
        TestBroker.in(
            folder,
            "policy: {file: \"" + policy + "\"}\napprovals: {max_pending_per_agent: 1000}\n");
    broker.catalog("desk.yaml", DESK);
    upstream = broker.upstream();
    olga = broker.signIn("olga");
  }

  @AfterAll
  void stop() {
    broker.close();
  }

  @BeforeEach
  void hire() {
    agent = broker.agent(named("agent"), "desk.*");
    upstream.answers(ticket().toString());
  }

  /// Whatever runs as the broker's user reaches the operator's socket, an agent perhaps.
  @Test
  void theOperatorIsToldWherePeopleSeeItAndNothingOfWhatWasRead() {
    String approval = update("t1", "Parcel came", 3).approval();

    JsonNode shown = broker.operate("approvals.show", "{\"approval\":\"" + approval + "\"}");

    String told = shown.path("before").asString("");
    assertTrue(told.startsWith("desk.read read it at 20"), told);
    assertTrue(told.endsWith("/approvals/" + approval), told);
    assertFalse(shown.toString().contains(OLD), shown.toString());
  }

  @Test
  void whatIsReadStandsOnThePageBesideWhatItWouldBecome() {
    Document page = page(update("t1", "Parcel came", 3).approval());

    List<String> shown = page.select("section[aria-labelledby=before] .argument").eachText();
    assertEquals(5, shown.size(), shown.toString());
    assertEquals("status open", shown.get(0));
    assertEquals("subject " + OLD + " → Would become, by subject: Parcel came", shown.get(1));
    assertEquals("size 3 Would stay as it is: size is the same", shown.get(2));
    assertEquals("by.name Ada", shown.get(4));
    assertEquals(
        "size 3 The call says nothing of it: size is left out",
        page(update("t1", "Parcel came").approval())
            .select("section[aria-labelledby=before] .argument")
            .eachText()
            .get(2));
  }

  @Test
  void itIsACallOfTheRunThatTheRecordNamesWithTheApproval() {
    Called asked = update("t2", "x");

    JsonNode previewed = records("{\"type\":\"approval.previewed\"}").get(0).path("event");
    assertEquals(asked.approval(), previewed.at("/approval/id").asString(""));
    assertEquals("ok", previewed.path("code").asString(""));
    String call = previewed.path("call").asString("");
    assertNotEquals(asked.call(), call);
    assertEquals(List.of("call.intent", "call.outcome"), ofCall(call));
    JsonNode intent = records("{\"call\":\"" + call + "\"}").get(2).path("event");
    assertEquals("preview", intent.path("transport").asString(""), intent.toString());
    assertEquals(agent.name(), intent.path("agent").asString(""), intent.toString());
  }

  @Test
  void theAgentGetsNothingOfItThenOrLater() {
    Called asked = update("t3", "x");
    Called waiting = agent.awaitApproval(asked.approval(), 0);
    Called again = update("t3", "x");
    olga.approve(asked.approval());
    upstream.answers("{\"id\":\"t3\"}");
    Called ran = update("t3", "x");

    assertEquals("ok", ran.code());
    for (Called told : List.of(asked, waiting, again, ran, agent.list())) {
      assertFalse(told.raw().contains(OLD), told.raw());
      assertFalse(told.raw().contains("Ada"), told.raw());
      assertFalse(told.raw().contains("kw_h_"), told.raw());
    }
  }

  @Test
  void whatOnlyPeopleSawCountsAsShownToNoAgent() {
    update("t4", "x");

    Called close = agent.call("desk.close", "{\"ticket\":\"t4\"}");

    assertEquals("id_not_shown", close.code());
    agent.call("desk.read", "{\"id\":\"t4\"}");
    assertEquals("id_not_shown", agent.call("desk.close", "{\"ticket\":\"t5\"}").code());
    assertEquals("pending", agent.call("desk.close", "{\"ticket\":\"4711\"}").code());
  }

  @Test
  void noHandleIsMadeAndItsValueStandsNowhere() throws SQLException {
    String link = "https://desk.example/reset?token=Hq7sTz4Lw9KbVx2M";
    upstream.answers(
        ticket().put("link", link).put("subject", "Use " + link + " at once").toString());
    int before = count("SELECT count(*) FROM handles");

    Document page = page(update("t6", "x").approval());

    assertEquals(before, count("SELECT count(*) FROM handles"));
    assertFalse(page.html().contains("Hq7sTz4Lw9KbVx2M"), page.text());
    assertTrue(page.text().contains("link [redacted]"), page.text());
  }

  @Test
  void secretsAreTakenOutEvenWhereUnseenCharactersKeepThemApart() {
    String apart = TestBroker.CRM_KEY.substring(0, 9) + "\u200b" + TestBroker.CRM_KEY.substring(9);
    upstream.answers(
        ticket().put("subject", "a " + TestBroker.CRM_KEY).put("status", "b " + apart).toString());

    Called asked = update("t7", "x");
    String page = page(asked.approval()).text();

    assertTrue(page.contains("a [redacted]"), page);
    assertFalse(page.contains(TestBroker.CRM_KEY.substring(9)), page);
    assertFalse(page.contains(TestBroker.CRM_KEY.substring(0, 9)), page);
  }

  @Test
  void hostileTextIsTextAndNothingInItIsHidden() {
    upstream.answers(ticket().put("subject", "<script>alert(1)</script>\u202egnp.exe").toString());

    Called asked = update("t8", "x");
    Document page = page(asked.approval());

    assertTrue(page.text().contains("<script>alert(1)</script>"), page.text());
    assertEquals(List.of("U+202E"), page.select("#before ~ dl abbr.chip").eachText());
    assertTrue(page.text().contains("1 hidden character"), page.text());
    assertEquals(0, page.select("section script").size());
  }

  @Test
  void whatIsTooLongIsSaidAndTheRestIsShown() {
    upstream.answers(ticket().put("subject", "x".repeat(100_000)).toString());

    String page = page(update("t9", "y").approval()).text();

    assertTrue(page.contains("100,002 bytes: more than is shown here."), page);
    assertTrue(page.contains("by.name Ada"), page);
    assertFalse(page.contains("xxxxx"));
  }

  @Test
  void identicalCallsReadOnce() throws Exception {
    List<CompletableFuture<Called>> calls = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      calls.add(CompletableFuture.supplyAsync(() -> update("once", "x")));
    }
    for (CompletableFuture<Called> call : calls) {
      assertEquals("pending", call.get(30, SECONDS).code());
    }
    update("once", "x");

    assertEquals(1, reads("once"));
  }

  @ParameterizedTest
  @CsvSource({
    "500, It could not be read: http_500.",
    "404, The system says that there is no such thing (http_404).",
    "302, It could not be read: upstream_unusable."
  })
  void aSystemThatFailsDoesNotKeepPeopleFromBeingAsked(int status, String words) {
    upstream.answers(
        StandIn.of(status, "application/json", "{\"error\":\"" + OLD + "\"}", "Location", "/x"));

    Called asked = update("t" + status, "x");
    String page = page(asked.approval()).text();

    assertEquals("pending", asked.code());
    assertTrue(page.contains(words), page);
    assertFalse(page.contains(OLD), page);
    assertEquals(303, olga.approve(asked.approval()));
  }

  @Test
  void aSystemThatHangsDoesNotEither() {
    var go = new CountDownLatch(1);
    upstream.answers(StandIn.held(new CountDownLatch(1), go, StandIn.json("{}")));

    Called asked = update("hangs", "x");
    go.countDown();

    assertEquals("pending", asked.code());
    String page = page(asked.approval()).text();
    assertTrue(page.contains("It could not be read: upstream_unusable."), page);
  }

  @ParameterizedTest
  @CsvSource({"denied, denied_by_policy", "asked, denied_by_policy", "blind, unknown_tool"})
  void whatTheRunMayNotReadUnaskedIsNotReadForPeopleEither(String name, String code) {
    String[] tools = name.equals("blind") ? new String[] {"desk.update"} : new String[] {"desk.*"};
    agent = broker.agent(named(name), tools);

    Called asked = update("not-" + name, "x");
    String page = page(asked.approval()).text();

    assertEquals("pending", asked.code());
    assertEquals(0, reads("not-" + name));
    assertTrue(page.contains("may not read it without asking, so it was not read: " + code), page);
    assertFalse(records("{}").toString().contains("approval.created\",\"tool\":\"desk.read"));
  }

  @Test
  void aStoppedToolIsNotRead() {
    broker.operate("stop", "{\"kind\":\"tool\",\"name\":\"desk.read\"}");
    try {
      Called asked = update("stopped", "x");

      assertEquals("pending", asked.code());
      assertEquals(0, reads("stopped"));
      assertTrue(page(asked.approval()).text().contains("could not be read: stopped"));
    } finally {
      broker.operate("resume", "{\"kind\":\"tool\",\"name\":\"desk.read\"}");
    }
  }

  @Test
  void itCountsAgainstTheLimitsOfTheReadAndNeedsItsArguments() {
    Called leftOut = agent.call("desk.rename", "{\"subject\":\"x\"}");
    Called first = agent.call("desk.rename", "{\"subject\":\"x\",\"ticket\":\"n1\"}");
    Called second = agent.call("desk.rename", "{\"subject\":\"x\",\"ticket\":\"n2\"}");

    assertTrue(page(leftOut.approval()).text().contains("leaves out what it would be read by"));
    assertTrue(page(first.approval()).text().contains(OLD));
    assertTrue(page(second.approval()).text().contains("could not be read: too_many"));
    assertEquals("too_many", agent.call("desk.read_rarely", "{\"id\":\"n1\"}").code());
  }

  @Test
  void anAgentThatIsRevokedMeanwhileHasNothingStored() throws Exception {
    var arrived = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    upstream.answers(StandIn.held(arrived, go, StandIn.json(ticket().toString())));
    CompletableFuture<Called> asking = CompletableFuture.supplyAsync(() -> update("gone", "x"));
    assertTrue(arrived.await(10, SECONDS));

    broker.operate("agent.revoke", "{\"name\":\"" + agent.name() + "\"}");
    go.countDown();
    asking.get(30, SECONDS);

    String approval =
        broker
            .operate("approvals.list", "{}")
            .valueStream()
            .filter(row -> row.path("agent").asString("").equals(agent.name()))
            .map(row -> row.path("approval").asString(""))
            .findFirst()
            .orElseThrow();
    assertEquals("cancelled", broker.state(approval));
    assertFalse(page(approval).text().contains(OLD));
    assertEquals(
        0,
        count(
            "SELECT count(*) FROM approval_previews WHERE content IS NOT NULL"
                + " AND approval = '"
                + approval
                + "'"));
  }

  @Test
  void itIsSealedAndErasedWithItsRun() throws SQLException {
    Called asked = update("t10", "x");
    String stored =
        "SELECT count(*) FROM approval_previews WHERE content IS NOT NULL AND approval = '"
            + asked.approval()
            + "'";
    assertEquals(1, count(stored));
    assertEquals(0, count("SELECT count(*) FROM approval_previews WHERE content LIKE '%Parcel%'"));

    broker.operate("agent.revoke", "{\"name\":\"" + agent.name() + "\"}");

    assertEquals(0, count(stored));
    assertTrue(page(asked.approval()).text().contains("erased when the agent's run ended"));
  }

  @Test
  void whatIsReadByIsWhatTheCallStillSays() {
    Called asked = update("t11", "x");
    assertTrue(page(asked.approval()).text().contains(OLD));

    Map<String, String> changed = Map.of("decision", "edit", "value:id", "t12");
    assertEquals(303, olga.submit("/approvals/" + asked.approval(), changed));

    String page = page(asked.approval()).text();
    assertFalse(page.contains(OLD), page);
    assertTrue(page.contains("before the call was changed"), page);
  }

  private static ObjectNode ticket() {
    ObjectNode ticket = JsonNodeFactory.instance.objectNode();
    ticket.put("id", "4711").put("status", "open").put("subject", OLD).put("size", 3);
    ticket.putObject("by").put("name", "Ada").put("salary", 1);
    return ticket;
  }

  private Called update(String id, String subject) {
    return agent.call("desk.update", "{\"id\":\"" + id + "\",\"subject\":\"" + subject + "\"}");
  }

  private Called update(String id, String subject, int size) {
    return agent.call(
        "desk.update",
        "{\"id\":\"" + id + "\",\"subject\":\"" + subject + "\",\"size\":" + size + "}");
  }

  private Document page(String approval) {
    return Jsoup.parse(olga.open(approval).body());
  }

  private long reads(String id) {
    return upstream.journal().stream()
        .filter(seen -> seen.method().equals("GET") && seen.path().equals("/tickets/" + id))
        .count();
  }

  private JsonNode records(String filter) {
    return broker.operate("audit.list", filter);
  }

  private List<String> ofCall(String call) {
    return broker.trail(call).stream().filter(type -> type.startsWith("call.")).toList();
  }

  private int count(String sql) throws SQLException {
    try (var connection = broker.sql();
        var rows = connection.createStatement().executeQuery(sql)) {
      return rows.getInt(1);
    }
  }

  private static String named(String name) {
    return name + "-" + NAMES.incrementAndGet();
  }
}
