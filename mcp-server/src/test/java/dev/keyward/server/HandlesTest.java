package dev.keyward.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Handles through the whole broker: given by one tool, passed to another, seen by nobody.
@Timeout(120)
final class HandlesTest {
  private static final String LINK = "https://desk.example/reset/9fK2mQ7xT4vLpZ8nRw3YbC6d";
  private static final String DESK =
      """
      system: desk
      origin: replaced
      credential: {ref: local:crm#token, in: bearer}
      error: [message]
      handles:
        reset_link: {to: [mail.*]}
        pin: {}
        cursor: {}
        signature: {}
      tools:
        make_link:
          title: Make a reset link
          description: Makes a link by which a customer sets a new password.
          tier: read
          input:
            properties: {customer: {type: string, maxLength: 40}}
            required: [customer]
          request: {method: GET, path: "/links/{customer}"}
          result: [id, note, {field: link, handle: reset_link}, {field: pin, handle: pin}]
          output:
            properties:
              id: {type: string}
              note: {type: string}
              link: {type: string, format: uri}
              pin: {type: integer}
        read:
          title: Read
          description: Reads anything.
          tier: read
          input:
            properties: {what: {type: string, maxLength: 400}}
            required: [what]
          request: {method: GET, path: /read, query: [what]}
          result: [text, more]
        list:
          title: List
          description: Lists files, a page at a time.
          tier: read
          input:
            properties:
              cursor: {type: string, handle: cursor, maxLength: 60}
              url: {type: string, handle: signature, maxLength: 200}
              page: {type: string, handle: cursor, maxLength: 200}
          request: {method: GET, path: /files, query: [cursor, url, page]}
          result:
            - "files[].name"
            - {field: "files[].url", handle: signature, in_query: [sig, token]}
            - {field: next, handle: cursor, in_query: [cursor]}
        open:
          title: Open by link
          description: Opens what a link leads to.
          tier: read
          input:
            properties:
              link: {type: string, handle: reset_link, pattern: "^https://", maxLength: 100}
              number: {type: integer}
              tags: {type: array, items: {type: string, handle: reset_link}}
          request: {method: GET, path: /open, query: [link, number, tags]}
          result: [text]
        by_path:
          title: By path
          description: Opens by a segment of the path.
          tier: read
          input:
            properties: {key: {type: string, handle: reset_link}}
            required: [key]
          request: {method: GET, path: "/by/{key}"}
          result: [text]
      """;
  private static final String MAIL =
      """
      system: mail
      origin: replaced
      credential: {ref: local:crm#token, in: bearer}
      tools:
        send:
          title: Send a message
          description: Sends a message to a customer.
          tier: read
          input:
            properties:
              to: {type: string, maxLength: 80}
              subject: {type: string, maxLength: 80}
              text: {type: string, handles_in_text: [reset_link, pin], maxLength: 400}
              extra: {type: object, additionalProperties: {type: string, handles_in_text: [reset_link]}}
            required: [to, text]
          request: {method: POST, path: /messages, body: {json: [to, subject, text, extra]}}
          result: [id, text]
        deliver:
          title: Deliver a link
          description: Delivers a link to a customer by post.
          tier: write
          summary: "Deliver {link}"
          input:
            properties: {link: {type: string, handle: reset_link}}
            required: [link]
          request: {method: POST, path: /deliver, body: {json: [link]}}
          result: [id]
        outbox:
          title: Read the outbox
          description: Lists what was sent.
          tier: read
          request: {method: GET, path: /outbox}
          result: ["messages[].text"]
      """;
  private static final String EVIL =
      """
      system: evil
      origin: replaced
      credential: none
      tools:
        take:
          title: Take
          description: Takes anything.
          tier: read
          input:
            properties: {link: {type: string, handle: reset_link}}
            required: [link]
          request: {method: GET, path: /take, query: [link]}
          result: [id]
      """;

  @TempDir Path folder;
  private TestBroker broker;
  private AgentClient agent;

  @BeforeEach
  void start() throws Exception {
    broker = TestBroker.in(folder);
    broker.catalog("desk.yaml", DESK);
    broker.catalog("mail.yaml", MAIL);
    broker.catalog("evil.yaml", EVIL);
    agent = broker.agent("a1", "desk.*", "mail.*", "evil.*");
    broker.upstream().answers(link(LINK));
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void aSecretOfOneToolReachesAnotherAndTheAgentSeesAHandle() {
    Called made = make();
    String handle = handle(made);

    assertTrue(handle.matches("kw_h_reset_link_[0-9a-z]{26}"), handle);
    assertFalse(made.raw().contains("9fK2mQ7xT4vL"), made.raw());
    broker.upstream().answers("{\"id\":\"m1\",\"text\":\"sent: " + LINK + "\"}");

    Called sent = send("Dear Ann, use " + handle + " soon.");

    assertEquals("ok", sent.code(), sent.raw());
    assertEquals("Dear Ann, use " + LINK + " soon.", lastBody().get("text").stringValue());
    assertFalse(sent.raw().contains("9fK2mQ7xT4vL"), sent.raw());
    assertEquals(List.of("call.intent", "handle.given", "call.outcome"), broker.trail(made.call()));
    assertEquals(List.of("call.intent", "handle.used", "call.outcome"), broker.trail(sent.call()));
  }

  @Test
  void theSameSecretIsTheSameHandleInItsRunAndAnotherInOthers() {
    String first = handle(make());
    assertEquals(first, handle(make()));

    AgentClient other = broker.agent("a2", "desk.*");
    assertNotEquals(first, handle(other.call("desk.make_link", "{\"customer\":\"ann\"}")));

    broker.clock().move(Duration.ofMinutes(31));
    assertNotEquals(first, handle(make()));
  }

  @Test
  void aNumberBecomesAHandleToo() {
    broker.upstream().answers("{\"id\":\"l1\",\"pin\":48213377}");

    Called made = make();

    assertTrue(made.raw().contains("kw_h_pin_"), made.raw());
    assertFalse(made.raw().contains("48213377"), made.raw());
    String pin = JsonMapper.shared().readTree(made.text()).get("pin").stringValue();
    broker.upstream().answers("{\"id\":\"m1\"}");
    assertEquals("handle_refused", send("PIN " + pin).code());
  }

  @Test
  void aHandleOutlivesARestart() throws Exception {
    String handle = handle(make());
    broker.stop();
    broker.start();
    agent.with(agent.key());

    assertEquals("ok", send("Use " + handle).code());
    assertEquals("Use " + LINK, lastBody().get("text").stringValue());
  }

  @Test
  void theValueLiesInNoFileInPlain() throws Exception {
    String handle = handle(make());
    send("Use " + handle);
    broker.stop();

    try (Stream<Path> files = Files.walk(broker.home().folder())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        assertFalse(text.contains("9fK2mQ7xT4vL"), file.toString());
      }
    }
    broker.start();
  }

  @Test
  void everyFlippedCharacterIsForged() {
    String handle = handle(make());
    for (int i = handle.length() - 26; i < handle.length(); i++) {
      char flipped = handle.charAt(i) == 'x' ? 'y' : 'x';
      String forged = handle.substring(0, i) + flipped + handle.substring(i + 1);
      assertFault("forged", open(forged));
    }
    assertFault("forged", open(handle.replace("reset_link", "pin")));
    assertFault("forged", open(handle.toUpperCase(Locale.ROOT)));
    assertFault("forged", open(handle + "x"));
    assertFault("forged", open(handle.substring(0, handle.length() - 1)));
    assertNothingWasSentBut(1);
  }

  @Test
  void anotherAgentsHandleIsForeign() {
    String handle = handle(make());
    AgentClient other = broker.agent("a2", "desk.*");

    Called answer = other.call("desk.open", "{\"link\":\"" + handle + "\"}");

    assertFault("foreign", answer);
    assertTrue(answer.text().contains("another run"), answer.text());
    assertNothingWasSentBut(1);
  }

  @Test
  void afterItsRunAHandleOpensNothingAndItsValueIsGone() throws Exception {
    String handle = handle(make());
    broker.clock().move(Duration.ofMinutes(31));

    assertFault("expired", open(handle));

    try (var sql = broker.sql();
        var count = sql.createStatement().executeQuery("SELECT COUNT(*) FROM handles")) {
      assertEquals(0, count.getInt(1));
    }
    assertNothingWasSentBut(1);
  }

  @Test
  void aRotatedKeyEndsItsHandles() {
    String handle = handle(make());
    String fresh = broker.operate("agent.rotate", "{\"name\":\"a1\"}").get("key").stringValue();

    assertFault("expired", agent.with(fresh).call("desk.open", "{\"link\":\"" + handle + "\"}"));
  }

  @Test
  void aHandleGoesNowhereElse() {
    String handle = handle(make());

    assertFault("not_for_this_tool", agent.call("evil.take", "{\"link\":\"" + handle + "\"}"));
    assertFault("misplaced", agent.call("desk.read", "{\"what\":\"" + handle + "\"}"));
    assertFault(
        "misplaced", agent.call("mail.send", "{\"to\":\"" + handle + "\",\"text\":\"Hello\"}"));
    assertFault("misplaced", agent.call("desk.list", "{\"cursor\":\"" + handle + "\"}"));
    assertNothingWasSentBut(1);
  }

  @Test
  void aHandleInsideALargerWordIsRefused() {
    String handle = handle(make());
    for (String around :
        List.of(
            "https://evil.example/?u=%s",
            "https://evil.example/%s",
            "%s@evil.example",
            "x%s",
            "%%3D%s",
            "a%s",
            "-%s",
            "https://evil.example/,%s",
            "https://evil.example/(%s)",
            "https://evil.example?to:%s",
            "evil.example:%s",
            "%s.evil.example",
            "%s!@evil.example",
            "%s/../..")) {
      assertFault("not_as_given", send(around.formatted(handle)));
    }
    assertFault("forged", send(handle + "x"));
    assertNothingWasSentBut(1);
  }

  @Test
  void whereAWholeHandleIsAskedForNothingMayStandAroundIt() {
    String handle = handle(make());

    assertFault("not_as_given", open(" " + handle));
    assertFault("not_as_given", open("https://evil.example/ " + handle));
    assertFault("not_as_given", open(handle + " " + handle));
    assertNothingWasSentBut(1);
  }

  @Test
  void twoHandlesInOneTextAreBothRestoredOnce() {
    String handle = handle(make());
    broker.upstream().answers(link("https://desk.example/reset/" + handle + "Zq81LmXw"));
    String second = handle(make());
    broker.upstream().answers("{\"id\":\"m1\"}");

    assertEquals("ok", send(handle + " or " + second).code());

    String text = lastBody().get("text").stringValue();
    assertEquals(LINK + " or https://desk.example/reset/" + handle + "Zq81LmXw", text);
  }

  @Test
  void aHandleInTheNameOfAFieldIsRefused() {
    String handle = handle(make());

    assertFault(
        "misplaced",
        agent.call(
            "mail.send", "{\"to\":\"a\",\"text\":\"b\",\"extra\":{\"" + handle + "\":\"c\"}}"));
    assertFault(
        "misplaced",
        agent.call(
            "mail.send",
            "{\"to\":\"a\",\"text\":\"b\",\"extra\":{\"" + handle + "\":\"" + handle + "\"}}"));
    assertNothingWasSentBut(1);
  }

  @Test
  void aHandleInANumbersPlaceIsNoNumber() {
    String handle = handle(make());

    Called answer = agent.call("desk.open", "{\"number\":\"" + handle + "\"}");

    assertEquals("invalid_arguments", answer.code());
    assertNothingWasSentBut(1);
  }

  @Test
  void aNestedHandleIsRestoredWhereItsPlaceTakesIt() {
    String handle = handle(make());

    assertEquals("ok", agent.call("desk.open", "{\"tags\":[\"plain\",\"" + handle + "\"]}").code());

    String path = broker.upstream().journal().getLast().path();
    assertTrue(path.endsWith("9fK2mQ7xT4vLpZ8nRw3YbC6d"), path);
    assertTrue(path.contains("tags=https%3A%2F%2Fdesk.example%2F"), path);
  }

  @Test
  void aDisguisedHandleIsPlainText() {
    String handle = handle(make());
    broker.upstream().answers("{\"id\":\"m1\"}");
    for (String disguised :
        List.of(
            handle.replace("kw_h_", "ｋｗ＿ｈ＿"),
            handle.replace("kw", "кw"),
            handle.replace("kw_h_", "kw_\u200bh_"),
            handle.replace("_", "%5f"),
            Base64.getEncoder().encodeToString(handle.getBytes(StandardCharsets.UTF_8)))) {
      assertEquals("ok", send("Use " + disguised).code());
      assertEquals("Use " + disguised, lastBody().get("text").stringValue());
    }
  }

  @Test
  void aValueThatBreaksTheSchemaIsNotSentAndNothingIsToldOfIt() {
    broker.upstream().answers(link("http://desk.example/reset/9fK2mQ7xT4vLpZ8nRw3YbC6d"));
    Called answer = open(handle(make()));

    assertFault("unfit", answer);
    assertFalse(answer.text().contains("pattern"), answer.text());
    assertNothingWasSentBut(1);
    assertEquals(
        List.of("call.intent", "handle.used", "call.outcome"), broker.trail(answer.call()));
  }

  @Test
  void aValueWithLineEndsIsNotPutIntoAText() {
    broker
        .upstream()
        .answers(
            "{\"id\":\"l1\",\"link\":\"https://x.example/9fK2mQ7x\\r\\nBcc: eve@evil.example\"}");

    assertFault("unfit", send("Use " + handle(make())));
    assertNothingWasSentBut(1);
  }

  @Test
  void aValueCannotChangeThePath() {
    List<String> values =
        List.of("../../admin/9fK2mQ7xT4", "..", "a/b9fK2mQ7x", "a%2fb9fK2mQ7x", "a;b9fK2mQ7x");
    for (String value : values) {
      broker.upstream().answers(link(value));
      assertFault("unfit", agent.call("desk.by_path", "{\"key\":\"" + handle(make()) + "\"}"));
    }
    assertNothingWasSentBut(values.size());
  }

  @Test
  void aHeldSecretNeverBecomesAHandle() {
    broker.upstream().answers(link("https://desk.example/?key=" + TestBroker.STRIPE_KEY));

    Called made = make();

    assertFalse(made.raw().contains("kw_h_"), made.raw());
    assertFalse(made.raw().contains("rk_live"), made.raw());
  }

  @Test
  void whatLooksLikeAHandleInAnAnswerIsNoneAnyMore() {
    String handle = handle(make());
    broker
        .upstream()
        .answers(
            "{\"text\":\"pass KW_H_x and "
                + handle
                + " on\",\"more\":{\"kw_h_key\":[\"kw_h_reset_link_aaaaaaaaaaaaaaaaaaaaaaaaaa\"]}}");

    Called read = agent.call("desk.read", "{\"what\":\"x\"}");

    assertFalse(read.text().toLowerCase(Locale.ROOT).contains("kw_h_"), read.text());
    assertTrue(read.text().contains("kw-h-reset_link_aaaa"), read.text());
  }

  @Test
  void theValueIsTakenOutOfEveryOtherAnswerOfTheRun() {
    String handle = handle(make());
    send("Use " + handle);
    broker.upstream().answers("{\"messages\":[{\"text\":\"Use " + LINK + "\"}]}");

    Called outbox = agent.call("mail.outbox", "{}");

    assertEquals("ok", outbox.code());
    assertFalse(outbox.raw().contains("9fK2mQ7xT4vL"), outbox.raw());
  }

  @Test
  void theValueIsTakenOutOfTheRestOfItsOwnAnswer() {
    broker
        .upstream()
        .answers("{\"id\":\"l1\",\"note\":\"made " + LINK + "\",\"link\":\"" + LINK + "\"}");

    Called made = make();

    assertFalse(made.raw().contains("9fK2mQ7xT4vL"), made.raw());
    assertTrue(made.raw().contains("kw_h_reset_link_"), made.raw());
  }

  @Test
  void aSignedUrlKeepsItsShapeAndWorksWhenPassedBack() {
    String url = "https://files.example/a.pdf?sig=Zk3%2BmQ9x%2FT7v&exp=17&token=qW8eR2tY6u";
    broker.upstream().answers("{\"files\":[{\"name\":\"a\",\"url\":\"" + url + "\"}]}");

    Called listed = agent.call("desk.list", "{}");
    String shown = JsonMapper.shared().readTree(listed.text()).at("/files/0/url").stringValue();

    assertTrue(
        shown.matches(
            "https://files\\.example/a\\.pdf\\?sig=kw_h_signature_\\w{26}&exp=17&token=kw_h_signature_\\w{26}"),
        shown);
    assertEquals("ok", agent.call("desk.list", "{\"url\":\"" + shown + "\"}").code());
    String path = broker.upstream().journal().getLast().path();
    assertEquals("/files?url=" + URLEncoder.encode(url, StandardCharsets.UTF_8), path);
    String elsewhere = shown.replace("files.example", "evil.example");
    assertFault("not_as_given", agent.call("desk.list", "{\"url\":\"" + elsewhere + "\"}"));
  }

  @Test
  void aCursorWorksAloneAndInItsUrl() {
    broker
        .upstream()
        .answers(
            "{\"files\":[],\"next\":\"https://desk.example/files?cursor=eyJv%3D%3DZk3mQ9xT7v\"}");
    String next =
        JsonMapper.shared()
            .readTree(agent.call("desk.list", "{}").text())
            .get("next")
            .stringValue();
    String cursor = next.substring(next.indexOf("kw_h_"));

    assertEquals("ok", agent.call("desk.list", "{\"cursor\":\"" + cursor + "\"}").code());
    assertTrue(
        broker.upstream().journal().getLast().path().endsWith("cursor=eyJv%3D%3DZk3mQ9xT7v"));
    assertEquals("ok", agent.call("desk.list", "{\"page\":\"" + next + "\"}").code());
    assertTrue(
        broker.upstream().journal().getLast().path().endsWith("cursor%3DeyJv%253D%253DZk3mQ9xT7v"));
  }

  @Test
  void peopleSeeWhatAHandleIsAndApproveTheCallWithItsValue() throws Exception {
    String handle = handle(make());
    String call = "{\"link\":\"" + handle + "\"}";
    Called asked = agent.call("mail.deliver", call);
    assertEquals("pending", asked.code(), asked.raw());

    Reviewer olga = broker.signIn("olga");
    String page = olga.open(asked.approval()).body();
    assertTrue(
        page.contains(handle + " stands for a reset link that desk.make_link gave at 20"), page);
    assertEquals(303, olga.approve(asked.approval()));
    assertFalse(olga.all().contains("9fK2mQ7xT4vL"));

    assertEquals("ok", agent.call("mail.deliver", call).code());
    assertEquals(LINK, lastBody().get("link").stringValue());
    assertEquals("done", broker.state(asked.approval()));
    assertEquals(1, broker.upstream().writes().size());
  }

  @Test
  void anApprovalForOneHandleIsNotGoodForAnother() {
    String first = handle(make());
    broker.upstream().answers(link("https://desk.example/reset/Xw4Kp9TzQ2mV7bLr"));
    String second = handle(make());
    Called asked = agent.call("mail.deliver", "{\"link\":\"" + first + "\"}");
    assertEquals(303, broker.signIn("olga").approve(asked.approval()));

    Called other = agent.call("mail.deliver", "{\"link\":\"" + second + "\"}");

    assertEquals("pending", other.code());
    assertNotEquals(asked.approval(), other.approval());
    assertEquals(0, broker.upstream().writes().size());
  }

  @Test
  void anApprovedCallWhoseHandleIsGoneIsNotSent() {
    String call = "{\"link\":\"" + handle(make()) + "\"}";
    Called asked = agent.call("mail.deliver", call);
    assertEquals(303, broker.signIn("olga").approve(asked.approval()));
    String fresh = broker.operate("agent.rotate", "{\"name\":\"a1\"}").get("key").stringValue();

    assertFault("expired", agent.with(fresh).call("mail.deliver", call));
    assertEquals(0, broker.upstream().writes().size());
  }

  @Test
  void aStopEndsTheHandlesOfTheAgentsRuns() {
    String call = "{\"link\":\"" + handle(make()) + "\"}";
    broker.operate("stop", "{\"kind\":\"agent\",\"name\":\"a1\"}");
    broker.operate("resume", "{\"kind\":\"agent\",\"name\":\"a1\"}");

    assertFault("expired", agent.call("mail.deliver", call));
    assertEquals(0, broker.upstream().writes().size());
  }

  @Test
  void aWriteWhoseEndIsUnknownIsNotRepeatedUnderAnotherHandle() {
    broker.stop();
    startAllowing();
    Called lost = deliver(handle(make()), StandIn.cut());
    assertEquals("outcome_unknown", lost.code(), lost.raw());
    broker.clock().move(Duration.ofMinutes(31));
    broker.upstream().answers(link(LINK));
    String again = handle(make());

    Called twin = deliver(again, StandIn.json("{\"id\":\"m1\"}"));

    assertEquals("identical_call_unknown", twin.code(), twin.raw());
    assertEquals(1, broker.upstream().writes().size());
  }

  private void startAllowing() {
    try {
      broker.configure("policy: {allow: [{tool: mail.deliver}]}\n");
      broker.start();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    agent.with(agent.key());
  }

  private Called deliver(String handle, StandIn.Script answer) {
    broker.upstream().answers(answer);
    return agent.call("mail.deliver", "{\"link\":\"" + handle + "\"}");
  }

  @Test
  void aRowThatWasChangedInTheDatabaseOpensNothing() throws Exception {
    String handle = handle(make());
    try (var sql = broker.sql()) {
      sql.createStatement().execute("UPDATE handles SET destinations = 'evil.take'");
    }

    assertFault("expired", agent.call("evil.take", "{\"link\":\"" + handle + "\"}"));
    assertNothingWasSentBut(1);
  }

  @Test
  void agentsAreToldWhereHandlesGo() {
    String listed = agent.list().raw();

    assertTrue(listed.contains("Takes a handle (kw_h_…) of kind reset_link"), listed);
    assertFalse(listed.contains("handles_in_text"), listed);
    assertFalse(listed.contains("\"handle\""), listed);
  }

  private Called make() {
    return agent.call("desk.make_link", "{\"customer\":\"ann\"}");
  }

  private Called open(String link) {
    return agent.call("desk.open", "{\"link\":\"" + link + "\"}");
  }

  private Called send(String text) {
    return agent.call("mail.send", "{\"to\":\"ann@example.com\",\"text\":\"" + text + "\"}");
  }

  private static String handle(Called made) {
    return JsonMapper.shared().readTree(made.text()).get("link").stringValue();
  }

  private static String link(String link) {
    return "{\"id\":\"l1\",\"secret\":\"x\",\"link\":\"" + link + "\"}";
  }

  private JsonNode lastBody() {
    return JsonMapper.shared().readTree(broker.upstream().journal().getLast().body());
  }

  private static void assertFault(String fault, Called answer) {
    assertEquals("handle_refused", answer.code(), answer.raw());
    assertEquals(fault, answer.message().at("/result/_meta/keyward~1call/fault").asString(""));
  }

  private void assertNothingWasSentBut(int requests) {
    assertEquals(requests, broker.upstream().journal().size());
  }
}
