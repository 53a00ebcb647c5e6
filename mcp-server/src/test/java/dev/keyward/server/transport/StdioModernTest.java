package dev.keyward.server.transport;

import static dev.keyward.server.transport.ModernClient.draft;
import static dev.keyward.server.transport.ModernClient.draftCall;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.call.TaskId;
import dev.keyward.server.transport.ModernClient.Draft;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/// Revision 2026-07-28 on standard input and output, of a broker itself and of a bridge to one.
@Timeout(60)
final class StdioModernTest {
  private final LogCapture log = new LogCapture();
  private final ScriptedBroker broker = new ScriptedBroker();
  private final StdioPair client = new StdioPair();
  private final AgentListener listener =
      AgentListener.start(
          AgentListener.Settings.on(Loopback.anyPort()), broker, new SecureRandom());
  private final StdioServer server =
      new StdioServer(
          broker,
          ScriptedBroker.KEY,
          client.in(),
          client.out(),
          new SecureRandom(),
          Duration.ofSeconds(30));
  private Thread running = Thread.ofVirtual().unstarted(() -> {});

  /// Who reads and writes the streams.
  enum Way {
    SERVER,
    BRIDGE
  }

  StdioModernTest() throws IOException {}

  @AfterEach
  void stop() throws Exception {
    broker.release();
    client.end();
    running.join();
    listener.close();
    log.close();
    assertFalse(log.text().contains(ScriptedBroker.CANARY), log.text());
    assertFalse(log.text().contains(ScriptedBroker.KEY_TEXT), log.text());
  }

  @ParameterizedTest
  @EnumSource
  void itIsServedWithoutAHandshake(Way way) throws Exception {
    start(way);
    JsonNode discovered = ask(draft("d", "server/discover")).path("result");
    JsonNode listed = ask(draft(1, "tools/list")).path("result");
    JsonNode called = ask(draftCall(2, "crm.echo", "{\"amount\":7}")).path("result");

    assertEquals("[\"2026-07-28\"]", discovered.path("supportedVersions").toString());
    assertEquals("crm.echo", listed.at("/tools/0/name").asString());
    assertEquals("private", listed.path("cacheScope").asString());
    assertEquals("complete", called.path("resultType").asString());
    assertEquals("{\"amount\":7}", broker.calls.getFirst().arguments().toString());
  }

  @ParameterizedTest
  @EnumSource
  void bothErasShareTheStreams(Way way) throws Exception {
    start(way);
    client.send(RawClient.INITIALIZE);
    assertEquals("2025-11-25", client.receive().at("/result/protocolVersion").asString());

    assertEquals("complete", ask(draft(1, "tools/list")).at("/result/resultType").asString());
    client.send(RawClient.LIST);
    assertFalse(client.receive().path("result").has("resultType"));
  }

  @ParameterizedTest
  @EnumSource
  void anotherRevisionIsRefusedWithThoseSpokenHere(Way way) throws Exception {
    start(way);
    JsonNode error = ask(draft(1, "server/discover").revision("2099-01-01")).path("error");

    assertEquals(-32022, error.path("code").asInt());
    assertEquals("[\"2026-07-28\"]", error.at("/data/supported").toString());
  }

  @ParameterizedTest
  @EnumSource
  void whatIsNotServedIsNotFound(Way way) throws Exception {
    start(way);
    assertEquals(-32601, ask(draft(1, "initialize")).at("/error/code").asInt());
    assertEquals(-32601, ask(draft(2, "prompts/list")).at("/error/code").asInt());
    assertEquals(-32601, ask(draft(3, "é\r\nX-Evil: 1")).at("/error/code").asInt());
  }

  @ParameterizedTest
  @EnumSource
  void whatEveryRequestMustSayIsRequired(Way way) throws Exception {
    start(way);
    JsonNode answer = ask(draft(1, "tools/list").lacking("clientCapabilities"));

    assertEquals(-32602, answer.at("/error/code").asInt());
    assertEquals(1, answer.path("id").asInt());
  }

  @ParameterizedTest
  @EnumSource
  void aToolOfAnyNameIsAskedFor(Way way) throws Exception {
    start(way);
    for (String name : List.of("=?base64?x?=", " é\r\n", "no")) {
      assertEquals(-32602, ask(draftCall(1, name, "{}")).at("/error/code").asInt());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCancelledCallIsNotAnswered(Way way) throws Exception {
    start(way);
    client.send(draftCall(3, "crm.wait", "{}").body.toString());
    broker.awaitWaiting(1);

    client.send(cancel("3"));
    assertEquals("complete", ask(draft(4, "tools/list")).at("/result/resultType").asString());
    broker.release();
    assertEquals(5, ask(draft(5, "tools/list")).path("id").asInt());
    assertEquals(List.of(), client.rest());
  }

  @ParameterizedTest
  @EnumSource
  void changedToolsAreToldUnderTheSubscription(Way way) throws Exception {
    start(way);
    JsonNode acknowledged = ask(listening("s-1"));

    toolsChanged(way);
    JsonNode told = client.receive();

    assertEquals(
        "notifications/subscriptions/acknowledged", acknowledged.path("method").asString());
    assertEquals("notifications/tools/list_changed", told.path("method").asString());
    for (JsonNode message : List.of(acknowledged, told)) {
      assertEquals(
          "s-1", message.at("/params/_meta/io.modelcontextprotocol~1subscriptionId").asString());
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoFollowsATaskIsToldHowItGoesOnUntilItHasEnded(Way way) throws Exception {
    start(way);
    var task = new TaskId("task_" + "1".repeat(26));
    broker.taskIs(task, false);
    var draft = draft("s-1", "subscriptions/listen");
    draft
        .meta
        .putObject("io.modelcontextprotocol/clientCapabilities")
        .putObject("extensions")
        .putObject("io.modelcontextprotocol/tasks");
    draft
        .params
        .putObject("notifications")
        .putArray("taskIds")
        .add(task.value())
        .add("task_" + "2".repeat(26));

    JsonNode agreed = ask(draft).at("/params/notifications/taskIds");
    JsonNode first = client.receive();
    broker.taskIs(task, true);
    taskChanged(way, task);
    JsonNode last = client.receive();
    JsonNode answer = client.receive();

    assertEquals("[\"" + task + "\"]", agreed.toString());
    for (JsonNode told : List.of(first, last)) {
      assertEquals("notifications/tasks", told.path("method").asString());
      assertEquals(
          "s-1", told.at("/params/_meta/io.modelcontextprotocol~1subscriptionId").asString());
    }
    assertEquals("working", first.at("/params/status").asString());
    assertEquals("cancelled", last.at("/params/status").asString());
    assertEquals("s-1", answer.path("id").asString());
    assertEquals("complete", answer.at("/result/resultType").asString());
  }

  @ParameterizedTest
  @EnumSource
  void aCancelledSubscriptionIsToldNothingMore(Way way) throws Exception {
    start(way);
    ask(listening("s-1"));
    ask(listening("s-2"));

    client.send(cancel("\"s-1\""));
    listen("s-1"); // again
    client.send(cancel("\"s-2\""));
    client.send(cancel("\"s-1\""));
    assertEquals(1, ask(draft(1, "tools/list")).path("id").asInt());
    toolsChanged(way);

    assertEquals(2, ask(draft(2, "tools/list")).path("id").asInt());
    assertTrue(client.rest().isEmpty(), client.rest().toString());
  }

  @ParameterizedTest
  @EnumSource
  void theStreamsOutliveWhatIsTakenBack(Way way) throws Exception {
    start(way);
    for (int i = 0; i < 300; i++) {
      assertEquals("notifications/subscriptions/acknowledged", listen("s-" + i));
      client.send(cancel("\"s-%d\"".formatted(i))); // while that may still be written
    }

    assertEquals(1, ask(draft(1, "tools/list")).path("id").asInt());
  }

  @ParameterizedTest
  @EnumSource
  void aRevokedKeyServesNothingMore(Way way) throws Exception {
    start(way);
    ask(draft(1, "tools/list"));
    broker.revoke(ScriptedBroker.KEY);

    JsonNode answer = ask(draftCall(2, "crm.echo", "{}"));

    assertTrue(answer.has("error"));
    assertEquals(List.of(), broker.calls);
  }

  private String listen(String id) throws Exception {
    JsonNode answer = ask(listening(id));
    while (answer.has("error")) { // until others have ended
      answer = ask(listening(id));
    }
    return answer.path("method").asString();
  }

  private static Draft listening(String id) {
    var draft = draft(id, "subscriptions/listen");
    draft.params.putObject("notifications").put("toolsListChanged", true);
    return draft;
  }

  private static String cancel(String id) {
    return "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":%s}}"
        .formatted(id);
  }

  private JsonNode ask(Draft draft) throws Exception {
    client.send(draft.body.toString());
    return client.receive();
  }

  private void taskChanged(Way way, TaskId task) {
    switch (way) {
      case SERVER -> server.taskChanged(task);
      case BRIDGE -> listener.taskChanged(task);
    }
  }

  private void toolsChanged(Way way) {
    switch (way) {
      case SERVER -> server.toolsChanged();
      case BRIDGE -> listener.toolsChanged();
    }
  }

  private void start(Way way) {
    running =
        Thread.startVirtualThread(
            () -> {
              try {
                run(way);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }

  private void run(Way way) throws IOException {
    switch (way) {
      case SERVER -> server.run();
      case BRIDGE ->
          new StdioBridge(
                  BrokerAddress.of(listener.uri(), false),
                  ScriptedBroker.KEY,
                  client.in(),
                  client.out(),
                  new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                  Duration.ofSeconds(30))
              .run();
    }
  }
}
