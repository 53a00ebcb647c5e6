package dev.keyward.server.transport;

import static dev.keyward.server.transport.ModernClient.draft;
import static dev.keyward.server.transport.ModernClient.message;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.server.transport.ModernClient.Draft;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(60)
final class ModernListeningTest {
  private static final int SESSIONS = 3;
  private static final String END = "the end";

  private final ScriptedBroker broker = new ScriptedBroker();
  private final AgentListener listener;
  private final ModernClient client;
  private final ModernClient other;

  ModernListeningTest() throws IOException {
    var settings =
        new AgentListener.Settings(
            Loopback.anyPort(), Set.of(), Set.of(), SESSIONS, Optional.empty());
    listener =
        AgentListener.start(
            settings,
            broker,
            new SecureRandom(),
            new EventChannel.Limits(Duration.ofMillis(20), 1 << 20, Duration.ofSeconds(15)));
    client = new ModernClient(listener.uri(), ScriptedBroker.KEY_TEXT);
    other = new ModernClient(listener.uri(), ScriptedBroker.OTHER_KEY_TEXT);
  }

  @AfterEach
  void stop() {
    client.close();
    other.close();
    listener.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "7"})
  void theFirstMessageSaysWhatWillBeTold(String id) throws Exception {
    var stream = listen(client, id, "{\"toolsListChanged\":true,\"promptsListChanged\":true}");

    JsonNode first = stream.message();
    listener.toolsChanged();
    JsonNode second = stream.message();

    assertEquals(200, stream.response.statusCode());
    assertEquals("no", stream.response.headers().firstValue("X-Accel-Buffering").orElseThrow());
    assertEquals("notifications/subscriptions/acknowledged", first.path("method").asString());
    assertEquals("{\"toolsListChanged\":true}", first.at("/params/notifications").toString());
    assertEquals("notifications/tools/list_changed", second.path("method").asString());
    for (JsonNode told : List.of(first, second)) {
      assertEquals(id, told.at("/params/_meta/io.modelcontextprotocol~1subscriptionId").asString());
    }
  }

  @Test
  void aSilentStreamIsKeptAlive() throws Exception {
    var stream = listen(client, "a", "{\"toolsListChanged\":true}");
    stream.message();

    assertTrue(stream.lines.take().startsWith(":"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"toolsListChanged\":false}", "{\"resourceSubscriptions\":[]}"})
  void whoWantsNothingThatIsToldHereGetsTheAnswerAtOnce(String wishes) throws Exception {
    var stream = listen(client, "a", wishes);

    assertEquals("{}", stream.message().at("/params/notifications").toString());
    JsonNode answer = stream.message();
    assertEquals("a", answer.path("id").asString());
    assertEquals("complete", answer.at("/result/resultType").asString());
    assertEquals(END, stream.lines.take());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{\"toolsListChanged\":1}"})
  void whoDoesNotSayWhatItWantsIsRefused(String wishes) throws Exception {
    var answer = client.send(listen("a", wishes));

    assertEquals(-32602, message(answer).at("/error/code").asInt());
  }

  @Test
  void aClientThatLeavesMakesRoomForAnother() throws Exception {
    List<Stream> held = new ArrayList<>();
    for (int i = 0; i < SESSIONS; i++) {
      held.add(listen(client, "a" + i, "{\"toolsListChanged\":true}"));
    }
    assertEquals(429, client.send(listen("b", "{\"toolsListChanged\":true}")).statusCode());
    assertEquals(200, listen(other, "b", "{\"toolsListChanged\":true}").response.statusCode());

    held.getFirst().response.body().close();

    Stream next = listen(client, "c", "{\"toolsListChanged\":true}");
    while (next.response.statusCode() == 429) { // until it has been noticed
      next = listen(client, "c", "{\"toolsListChanged\":true}");
    }
    assertEquals(200, next.response.statusCode());
  }

  @Test
  void aRevokedAgentsStreamEndsAndNoOther() throws Exception {
    var stream = listen(client, "a", "{\"toolsListChanged\":true}");
    var others = listen(other, "b", "{\"toolsListChanged\":true}");
    stream.message();
    others.message();

    broker.revoke(ScriptedBroker.KEY);
    listener.endSessions(ScriptedBroker.AGENT);

    stream.awaitEnd();
    listener.toolsChanged();
    assertEquals("notifications/tools/list_changed", others.message().path("method").asString());
  }

  @Test
  void aStreamWhoseKeyIsRefusedEndsEvenIfNobodySaidSo() throws Exception {
    var stream = listen(client, "a", "{\"toolsListChanged\":true}");
    stream.message();

    broker.revoke(ScriptedBroker.KEY);

    stream.awaitEnd();
  }

  @Test
  void aBrokerThatStopsAnswersTheRequest() throws Exception {
    var stream = listen(client, "a", "{\"toolsListChanged\":true}");
    stream.message();

    listener.close();

    JsonNode answer = stream.message();
    assertEquals("a", answer.path("id").asString());
    assertEquals(
        "a", answer.at("/result/_meta/io.modelcontextprotocol~1subscriptionId").asString());
    stream.awaitEnd();
  }

  private static Draft listen(String id, String wishes) {
    Object name = id.matches("\\d+") ? Long.valueOf(id) : id;
    Draft draft = draft(name, "subscriptions/listen");
    if (!wishes.isEmpty()) {
      draft.params.set("notifications", JsonMapper.shared().readTree(wishes));
    }
    return draft;
  }

  private static Stream listen(ModernClient client, String id, String wishes) throws Exception {
    return new Stream(
        client
            .http()
            .send(client.request(listen(id, wishes)), HttpResponse.BodyHandlers.ofInputStream()));
  }

  /// What comes on a stream, line by line.
  private static final class Stream {
    private final HttpResponse<InputStream> response;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    Stream(HttpResponse<InputStream> response) {
      this.response = response;
      Thread.startVirtualThread(this::collect);
    }

    JsonNode message() throws InterruptedException {
      String line = lines.take();
      while (!line.startsWith("data:")) {
        assertFalse(line.equals(END));
        line = lines.take();
      }
      return JsonMapper.shared().readTree(line.substring("data:".length()));
    }

    void awaitEnd() throws InterruptedException {
      while (!lines.take().equals(END)) {}
    }

    private void collect() {
      try (var reader =
          new java.io.BufferedReader(
              new java.io.InputStreamReader(
                  response.body(), java.nio.charset.StandardCharsets.UTF_8))) {
        reader
            .lines()
            .filter(line -> !line.isEmpty() && !line.startsWith("event:"))
            .forEach(lines::add);
      } catch (IOException | UncheckedIOException e) {
        // cut: an end too
      }
      lines.add(END);
    }
  }
}
