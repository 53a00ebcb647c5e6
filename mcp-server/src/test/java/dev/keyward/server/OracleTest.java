package dev.keyward.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// An agent that knows the beginning of a key, and an upstream that gives it back its own text: it
/// must not find out the rest by looking at what is taken out.
@Timeout(120)
final class OracleTest {
  private static final String KEY = TestBroker.STRIPE_KEY;
  private static final int KNOWN = 20;
  private static final String LETTERS =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

  @TempDir Path folder;
  private TestBroker broker;
  private AgentClient agent;

  @BeforeEach
  void start() throws Exception {
    broker = TestBroker.in(folder);
    broker.catalog(
        "echo.yaml",
        """
        system: echo
        origin: replaced
        credential: none
        error: [message]
        tools:
          say:
            title: Say
            description: Says what it is told.
            tier: read
            input:
              properties:
                text: {type: string, maxLength: 30000}
                key: {type: string, maxLength: 200, secret: record}
            request: {method: GET, path: /say, query: [text, key]}
            result: [text]
        """);
    agent = broker.agent("a1", "echo.*");
    echo(200);
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void guessingCharacterByCharacterEndsAfterThreeHits() {
    StringBuilder guessed = new StringBuilder(KEY.substring(0, KNOWN));
    int hits = 0;
    int calls = 0;
    String code = "ok";
    while (!code.equals("run_paused") && guessed.length() < KEY.length()) {
      boolean hit = false;
      for (int i = 0; i < LETTERS.length() && !hit && !code.equals("run_paused"); i++) {
        Called answer = say("x-" + guessed.substring(guessed.length() - 11) + LETTERS.charAt(i));
        calls++;
        code = answer.code();
        hit = code.equals("withheld") || answer.text().contains("[redacted]");
        if (hit) {
          hits++;
          guessed.append(LETTERS.charAt(i));
        }
      }
      if (!hit) {
        break;
      }
    }

    assertTrue(hits <= 3, hits + " characters in " + calls + " calls");
    assertEquals("run_paused", say("hello").code());
  }

  @Test
  void manyGuessesInOneCallTellNotWhichWasRight() {
    var guesses = new StringBuilder();
    String known = KEY.substring(0, KNOWN);
    for (int i = 0; i < LETTERS.length(); i++) {
      guesses.append(known).append(LETTERS.charAt(i)).append(" . ");
    }

    Called answer = say(guesses.toString());

    assertEquals("withheld", answer.code());
    assertFalse(answer.raw().contains("[redacted]"), answer.raw());
  }

  @Test
  void anErrorThatRepeatsTheTextTellsNoMore() {
    echo(400);

    assertEquals("withheld", say(KEY.substring(0, KNOWN)).code());
  }

  @Test
  void aGuessInDisguiseCountsToo() {
    broker
        .upstream()
        .answers(
            exchange -> {
              String text = exchange.getRequestURI().getQuery().substring("text=".length());
              String turned = new StringBuilder(text).reverse().toString();
              StandIn.json(JsonNodeFactory.instance.objectNode().put("text", turned).toString())
                  .answer(exchange);
            });

    String reversed = new StringBuilder(KEY.substring(0, KNOWN)).reverse().toString();

    assertEquals("withheld", say(reversed).code());
  }

  @Test
  void aGuessThatComesBackLaterCountsToo() {
    broker.upstream().answers("{\"text\":\"noted\"}");
    assertEquals("ok", say(KEY.substring(0, KNOWN)).code());
    broker.upstream().answers("{\"text\":\"earlier: " + KEY.substring(0, KNOWN) + "\"}");

    assertEquals("withheld", say("what was it").code());
  }

  @Test
  void thePauseOutlastsTheRun() {
    for (int i = 0; i < 3; i++) {
      assertEquals("withheld", say(KEY.substring(0, KNOWN)).code());
    }
    broker.clock().move(Duration.ofHours(1));

    assertEquals("run_paused", say("hello").code());
    String fresh = broker.operate("agent.rotate", "{\"name\":\"a1\"}").get("key").stringValue();
    agent.with(fresh);
    assertEquals("ok", say("hello").code());
  }

  @Test
  void whoGuessesNothingReadsALeakyUpstreamScrubbed() {
    broker.upstream().answers("{\"text\":\"the key is " + KEY + "\"}");

    for (int i = 0; i < 5; i++) {
      Called answer = say("hello");
      assertEquals("ok", answer.code());
      assertTrue(answer.text().contains("[redacted]"), answer.text());
    }
  }

  @Test
  void theValueBehindAHandleIsNoMoreToBeGuessed() throws Exception {
    broker.catalog(
        "link.yaml",
        """
        system: link
        origin: replaced
        credential: none
        handles: {reset_link: {}}
        tools:
          make:
            title: Make
            description: Makes a link.
            tier: read
            request: {method: GET, path: /make}
            result: [{field: link, handle: reset_link}]
        """);
    agent = broker.agent("a2", "echo.*", "link.*");
    broker.upstream().answers("{\"link\":\"https://x.example/r?t=q8Zk2LmX0vT5bN7rYc1D\"}");
    assertEquals("ok", agent.call("link.make", "{}").code());
    echo(200);

    assertEquals("withheld", say("q8Zk2LmX0vT5bN").code());
  }

  @Test
  void aSecretInMetadataOrAToolsNameIsRefusedAndStoredNowhere() throws Exception {
    Called meta =
        agent.send(
            "tools/call",
            "{\"name\":\"echo.say\",\"arguments\":{},\"_meta\":{\"progressToken\":\""
                + KEY
                + "\"}}");
    Called name = agent.call(KEY, "{}");
    Called handle =
        agent.send(
            "tools/call",
            "{\"name\":\"echo.say\",\"arguments\":{},\"_meta\":{\"x\":\"kw_h_pin_0\"}}");

    assertEquals("secret_in_arguments", meta.code());
    assertEquals("secret_in_arguments", name.code());
    assertEquals("handle_refused", handle.code());
    assertEquals(List.of(), broker.upstream().journal());
  }

  @Test
  void aSecretGoesToItsOwnSystemWhereTheCatalogSaysSoAndOnlyThere() throws Exception {
    broker.catalog(
        "vault.yaml",
        """
        system: safe
        origin: replaced
        credential: {ref: local:safe#key, in: bearer}
        tools:
          check:
            title: Check a key
            description: Says whether a key is good.
            tier: write
            summary: Check {key} for {why}
            input:
              properties:
                key: {type: string, maxLength: 200, secret: record}
                why: {type: string, maxLength: 200}
              required: [key]
            request: {method: POST, path: /check, body: {json: [key, why]}}
            result: [good]
        """);
    String own = "safe-7Hq2Zx9LmP4vT8kW";
    broker.secret("safe#key", own);
    AgentClient trusted = broker.agent("a3", "safe.*");
    broker.upstream().answers("{\"good\":true}");

    Called asked = trusted.call("safe.check", "{\"key\":\"" + own + "\"}");
    assertEquals("pending", asked.code(), asked.raw());
    Reviewer olga = broker.signIn("olga");
    assertEquals(303, olga.approve(asked.approval()));
    assertFalse(olga.all().contains(own));
    assertEquals("ok", trusted.call("safe.check", "{\"key\":\"" + own + "\"}").code());

    String body = broker.upstream().journal().getLast().body();
    assertEquals(own, JsonMapper.shared().readTree(body).get("key").stringValue());
    assertEquals(
        "secret_in_arguments",
        trusted.call("safe.check", "{\"key\":\"x\",\"why\":\"" + own + "\"}").code());
    assertFalse(broker.operate("approvals.list", "{}").toString().contains(own));
  }

  @Test
  void anotherSystemsSecretIsRefusedEvenWhereASystemsOwnIsTaken() {
    broker.catalog(
        "far.yaml",
        """
        system: far
        tools:
          check:
            origin: https://far.example.com
            credential: {ref: local:crm#token, in: bearer}
            title: Check a key
            description: Says whether a key is good.
            tier: read
            input:
              properties: {key: {type: string, maxLength: 200, secret: record}}
              required: [key]
            request: {method: POST, path: /check, body: {json: [key]}}
            result: [good]
        """);
    AgentClient far = broker.agent("a3", "far.*");

    assertEquals("secret_in_arguments", far.call("far.check", "{\"key\":\"" + KEY + "\"}").code());
  }

  private Called say(String text) {
    return agent.call(
        "echo.say", JsonNodeFactory.instance.objectNode().put("text", text).toString());
  }

  private void echo(int status) {
    broker
        .upstream()
        .answers(
            exchange -> {
              String query = exchange.getRequestURI().getRawQuery();
              String text =
                  query == null
                      ? ""
                      : URLDecoder.decode(
                          query.substring(query.indexOf('=') + 1), StandardCharsets.UTF_8);
              String json =
                  JsonNodeFactory.instance
                      .objectNode()
                      .put("text", text)
                      .put("message", text)
                      .toString();
              StandIn.of(status, "application/json", json).answer(exchange);
            });
  }
}
