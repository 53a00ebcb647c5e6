package dev.keyward.server.transport;

import static dev.keyward.server.transport.ModernClient.draft;
import static dev.keyward.server.transport.ModernClient.draftCall;
import static dev.keyward.server.transport.ModernClient.message;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.call.AgentId;
import dev.keyward.redaction.Secret;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Many at once: who waits holds up nobody, and nobody gets what is another's.
@Timeout(300)
final class WireLoadTest {
  private final ScriptedBroker broker = new ScriptedBroker();
  private final AgentListener listener;

  WireLoadTest() throws IOException {
    listener =
        AgentListener.start(
            AgentListener.Settings.on(Loopback.anyPort()), broker, new SecureRandom());
  }

  @AfterEach
  void stop() {
    broker.release();
    listener.close();
  }

  /// The SDK's default runs ten calls for each processor, and Jetty's waits with two hundred.
  @Test
  void twoThousandCallsThatWaitHoldUpNobody() throws Exception {
    List<ModernClient> clients = new ArrayList<>();
    List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
    for (int agent = 0; agent < 5; agent++) {
      ModernClient client = client("parked-" + agent);
      clients.add(client);
      for (int call = 0; call < 400; call++) {
        var request = client.request(draftCall(call, "crm.wait", "{\"call\":%d}".formatted(call)));
        waiting.add(client.http().sendAsync(request, HttpResponse.BodyHandlers.ofString()));
      }
    }
    broker.awaitWaiting(2_000);

    try (var modern = client("busy");
        var older = new RawClient(listener.uri(), ScriptedBroker.KEY_TEXT)) {
      String session = older.open();
      for (int i = 0; i < 100; i++) {
        assertEquals(200, modern.send(draftCall(i, "crm.echo", "{}")).statusCode());
        assertEquals(200, older.post(session, RawClient.call(i, "crm.echo", "{}")).statusCode());
      }
    }
    assertTrue(waiting.stream().noneMatch(CompletableFuture::isDone));
    broker.release();
    for (int i = 0; i < waiting.size(); i++) {
      String own = "{\"call\":%d}".formatted(i % 400);
      assertEquals(own, message(waiting.get(i).get()).at("/result/structuredContent").toString());
    }
    clients.forEach(ModernClient::close);
  }

  @Test
  void aHundredAgentsAtOnceEachGetTheirOwn() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<Void>> agents = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        String name = "agent-" + i;
        agents.add(CompletableFuture.runAsync(() -> callInBothEras(name), threads));
      }
      for (var agent : agents) {
        agent.get();
      }
    }
    assertEquals(1_000, broker.calls.size());
    for (var call : broker.calls) {
      assertEquals(key(call.arguments().path("mine").asString()), call.key());
    }
  }

  @Test
  void tenThousandAbandonedSessionsLeaveOnlyTheNewest() throws Exception {
    try (var client = new RawClient(listener.uri(), ScriptedBroker.KEY_TEXT)) {
      List<String> opened = new ArrayList<>();
      for (int i = 0; i < 10_000; i++) {
        opened.add(client.open());
      }

      int kept = AgentListener.Settings.SESSIONS;
      List<String> newest = opened.subList(opened.size() - kept, opened.size());
      assertEquals(404, client.post(opened.getFirst(), RawClient.PING).statusCode());
      assertEquals(404, client.post(opened.get(9_999 - kept), RawClient.PING).statusCode());
      for (String session : newest) {
        assertEquals(200, client.post(session, RawClient.PING).statusCode());
      }
    }
  }

  private void callInBothEras(String name) {
    try (var modern = client(name);
        var older = new RawClient(listener.uri(), text(name))) {
      String session = older.open();
      String mine = "{\"mine\":\"%s\"}".formatted(name);
      assertEquals(200, modern.send(draft(1, "tools/list")).statusCode());
      for (int i = 0; i < 5; i++) {
        var now = message(modern.send(draftCall(7, "crm.echo", mine)));
        var then = RawClient.message(older.post(session, RawClient.call(7, "crm.echo", mine)));
        assertEquals(mine, now.at("/result/structuredContent").toString());
        assertEquals(mine, then.at("/result/structuredContent").toString());
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private ModernClient client(String name) {
    broker.accept(key(name), new AgentId(name));
    return new ModernClient(listener.uri(), text(name));
  }

  private static Secret key(String name) {
    return Secret.of(text(name));
  }

  private static String text(String name) {
    return "kw_agent_" + name + "x".repeat(43 - name.length());
  }
}
