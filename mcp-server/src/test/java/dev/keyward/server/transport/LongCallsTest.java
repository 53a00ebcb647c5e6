package dev.keyward.server.transport;

import static dev.keyward.server.transport.RawClient.call;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.call.Cancellation;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Calls that take long, over every transport: the client sees that they live, and a client that
/// leaves takes them back.
@Timeout(60)
final class LongCallsTest {
  private static final Heartbeat.Pace FAST =
      new Heartbeat.Pace(Duration.ofMillis(5), Duration.ofMillis(20));

  private final ScriptedBroker broker = new ScriptedBroker();
  private final AgentListener listener;
  private final RawClient raw;

  LongCallsTest() throws IOException {
    listener =
        AgentListener.start(
            AgentListener.Settings.on(Loopback.anyPort()),
            broker,
            new SecureRandom(),
            EventChannel.Limits.USUAL,
            FAST);
    raw = new RawClient(listener.uri(), ScriptedBroker.KEY_TEXT);
  }

  @AfterEach
  void stop() {
    broker.release();
    raw.close();
    listener.close();
  }

  @Test
  void aCallThatTakesLongIsAnsweredOnAStreamThatIsKeptAlive() throws Exception {
    HttpResponse<Stream<String>> answer = begin(call(7, "crm.wait", "{\"a\":1}"));

    assertEquals("text/event-stream", type(answer));
    Iterator<String> lines = answer.body().iterator();
    assertEquals(": keep-alive", lines.next());
    broker.release();
    JsonNode message = lastMessage(lines);
    assertEquals(7, message.path("id").asInt());
    assertEquals(1, message.at("/result/structuredContent/a").asInt());
  }

  @Test
  void whoGivesATokenHearsOfProgressThatRisesAndOfWhatIsWaitedFor() throws Exception {
    HttpResponse<Stream<String>> answer = begin(withToken(call(7, "crm.ask", "{}"), "\"t-1\""));

    Iterator<JsonNode> messages = messages(answer.body().iterator());
    for (int step = 1; step <= 3; step++) {
      JsonNode progress = messages.next();
      assertEquals("notifications/progress", progress.path("method").asString());
      assertEquals("t-1", progress.at("/params/progressToken").asString());
      assertEquals(step, progress.at("/params/progress").asInt());
      assertEquals("Waiting for olga.", progress.at("/params/message").asString());
    }
  }

  @Test
  void aModernClientIsKeptInformedToo() throws Exception {
    var client = new ModernClient(listener.uri(), ScriptedBroker.KEY_TEXT);
    var draft = ModernClient.draftCall(7, "crm.ask", "{}");
    draft.meta.put("progressToken", 5);

    var answer = client.http().send(client.request(draft), HttpResponse.BodyHandlers.ofLines());

    JsonNode progress = messages(answer.body().iterator()).next();
    assertEquals(5, progress.at("/params/progressToken").asInt());
    client.close();
  }

  @Test
  void onStandardStreamsProgressComesBeforeTheAnswerAndNeverAfter() throws Exception {
    var client = new StdioPair();
    var server =
        new StdioServer(
            broker,
            ScriptedBroker.KEY,
            client.in(),
            client.out(),
            new SecureRandom(),
            Duration.ofSeconds(10),
            FAST);
    Thread running = Thread.startVirtualThread(() -> run(server));
    client.send(RawClient.INITIALIZE);
    client.receive();

    client.send(withToken(call(7, "crm.ask", "{}"), "9"));
    JsonNode first = client.receive();
    assertEquals(9, first.at("/params/progressToken").asInt());
    broker.release();
    JsonNode next = client.receive();
    while (next.has("method")) {
      next = client.receive();
    }

    assertEquals(7, next.path("id").asInt());
    client.end();
    running.join();
    assertEquals(List.of(), client.rest());
  }

  @Test
  void aClientThatLeavesTakesItsCallBack() throws Exception {
    String session = raw.open();
    try (var _ = connect(session, call(7, "crm.wait", "{}"))) {
      broker.awaitWaiting(1);
      assertFalse(broker.calls.getFirst().cancellation().cancelled());
    }

    awaitCancelled();
  }

  /// It is watched from the moment its call waits for people, however soon that is: no beat follows
  /// the first one here, by which a write that fails would tell.
  @Test
  void aClientThatLeavesWhileItsCallWaitsForPeopleTakesItBackAtOnce() throws Exception {
    var silent =
        AgentListener.start(
            AgentListener.Settings.on(Loopback.anyPort()),
            broker,
            new SecureRandom(),
            EventChannel.Limits.USUAL,
            new Heartbeat.Pace(Duration.ofHours(1), Duration.ofHours(1)));
    try (var client = new RawClient(silent.uri(), ScriptedBroker.KEY_TEXT)) {
      try (var socket = connect(silent, client.open(), call(7, "crm.ask", "{}"))) {
        var in = reader(socket);
        while (!in.readLine().equals(": keep-alive")) {
          assertFalse(broker.calls.getFirst().cancellation().cancelled());
        }
      }

      awaitCancelled();
    } finally {
      broker.release();
      silent.close();
    }
  }

  @Test
  void aModernClientThatLeavesTakesItsCallBack() throws Exception {
    var client = new ModernClient(listener.uri(), ScriptedBroker.KEY_TEXT);
    var _ =
        client
            .http()
            .sendAsync(
                client.request(ModernClient.draftCall(7, "crm.wait", "{}")),
                HttpResponse.BodyHandlers.ofString());
    broker.awaitWaiting(1);

    client.close();

    awaitCancelled();
  }

  /// Many leave at the same time, in the midst of everything; nobody else notices.
  @Test
  void aStormOfDisconnectsTakesBackTheirCallsAndNoOthers() throws Exception {
    String session = raw.open();
    HttpResponse<Stream<String>> staying = begin(call(1, "crm.wait", "{}"));
    broker.awaitWaiting(1);
    List<Socket> leaving = new ArrayList<>();
    for (int id = 100; id < 300; id++) {
      leaving.add(connect(session, call(id, "crm.wait", "{}")));
    }
    broker.awaitWaiting(200);

    for (Socket socket : leaving) {
      socket.close();
    }

    for (var gone : broker.calls.subList(1, 201)) {
      var told = new CountDownLatch(1);
      try (var _ = gone.cancellation().onCancel(told::countDown)) {
        told.await();
      }
    }
    assertFalse(broker.calls.getFirst().cancellation().cancelled());
    broker.release();
    assertEquals(1, lastMessage(staying.body().iterator()).path("id").asInt());
  }

  /// The watch over a client must not take what the client sends next.
  @Test
  void aConnectionOnWhichALongCallWasAnsweredServesTheNextOne() throws Exception {
    var patient =
        AgentListener.start(
            AgentListener.Settings.on(Loopback.anyPort()),
            broker,
            new SecureRandom(),
            EventChannel.Limits.USUAL,
            new Heartbeat.Pace(Duration.ofMillis(1), Duration.ofHours(1)));
    try (var client = new RawClient(patient.uri(), ScriptedBroker.KEY_TEXT);
        var socket = connect(patient, client.open(), call(7, "crm.wait", "{}"))) {
      broker.awaitWaiting(1);
      broker.release();
      var in = reader(socket);
      assertEquals(7, body(in).path("id").asInt());
      for (int id = 8; id < 40; id++) {
        write(patient, socket, client.open(), call(id, "crm.wait", "{}"));
        assertEquals(id, body(in).path("id").asInt());
      }
    } finally {
      patient.close();
    }
  }

  /// What comes while a call is answered may be lost to the watch, but never half of it.
  @Test
  void whatIsSentDuringACallIsServedWholeOrNotAtAll() throws Exception {
    String session = raw.open();
    try (var socket = connect(session, call(7, "crm.wait", "{}"))) {
      broker.awaitWaiting(1);
      write(listener, socket, session, call(8, "crm.echo", "{}").replace("call", "list"));
      write(listener, socket, session, call(9, "crm.echo", "{}"));
      socket.shutdownOutput();
      broker.release();

      String answers =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertFalse(answers.contains("HTTP/1.1 4"), answers);
    }
  }

  @Test
  void aCallThatBeginsWhileTheBrokerClosesIsNotBrokenByIt() throws Exception {
    for (int i = 0; i < 300; i++) {
      var heartbeat = new Heartbeat(FAST);
      Progress progress = Progress.of(JsonMapper.shared().createObjectNode());
      Thread closing = Thread.ofPlatform().start(heartbeat::close);
      while (closing.isAlive()) {
        try (var call = heartbeat.begin(WayBack.NONE, new Cancellation(), progress)) {
          call.soon();
        }
      }
    }
  }

  private HttpResponse<Stream<String>> begin(String body) throws Exception {
    HttpRequest request =
        raw.request("Mcp-Session-Id", raw.open())
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return raw.http().send(request, HttpResponse.BodyHandlers.ofLines());
  }

  private void awaitCancelled() throws InterruptedException {
    var told = new CountDownLatch(1);
    try (var _ = broker.calls.getFirst().cancellation().onCancel(told::countDown)) {
      told.await();
    }
  }

  private Socket connect(String session, String body) throws IOException {
    return connect(listener, session, body);
  }

  private static Socket connect(AgentListener to, String session, String body) throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), to.port());
    write(to, socket, session, body);
    return socket;
  }

  private static void write(AgentListener to, Socket socket, String session, String body)
      throws IOException {
    String head =
        """
        POST /mcp HTTP/1.1
        Host: 127.0.0.1:%d
        Authorization: Bearer %s
        Mcp-Session-Id: %s
        Content-Type: application/json
        Accept: application/json, text/event-stream
        Content-Length: %d

        """
            .formatted(to.port(), ScriptedBroker.KEY_TEXT, session, body.length())
            .replace("\n", "\r\n");
    socket.getOutputStream().write((head + body).getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  private static BufferedReader reader(Socket socket) throws IOException {
    return new BufferedReader(
        new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
  }

  /// {@return the JSON body of the next answer, which has a length}
  private static JsonNode body(BufferedReader in) throws IOException {
    int length = 0;
    for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
      assertFalse(line.equalsIgnoreCase("Connection: close"), line);
      if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
        length = Integer.parseInt(line.substring(line.indexOf(':') + 1).strip());
      }
    }
    assertTrue(length > 0);
    char[] body = new char[length];
    int read = 0;
    while (read < length) {
      read += in.read(body, read, length - read);
    }
    return JsonMapper.shared().readTree(new String(body));
  }

  private static String withToken(String call, String token) {
    return call.replace("\"params\":{", "\"params\":{\"_meta\":{\"progressToken\":" + token + "},");
  }

  private static JsonNode lastMessage(Iterator<String> lines) {
    JsonNode last = JsonMapper.shared().missingNode();
    for (var messages = messages(lines); messages.hasNext(); ) {
      last = messages.next();
    }
    return last;
  }

  private static Iterator<JsonNode> messages(Iterator<String> lines) {
    Iterable<String> each = () -> lines;
    return java.util.stream.StreamSupport.stream(each.spliterator(), false)
        .filter(line -> line.startsWith("data:"))
        .map(line -> JsonMapper.shared().readTree(line.substring("data:".length())))
        .iterator();
  }

  private static String type(HttpResponse<?> answer) {
    return answer.headers().firstValue("Content-Type").orElseThrow();
  }

  private static void run(StdioServer server) {
    try {
      server.run();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
