package dev.keyward.server.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.call.CallRefused;
import dev.keyward.call.Cancellation;
import dev.keyward.call.Refusal;
import dev.keyward.catalog.HeaderField;
import dev.keyward.catalog.Placement;
import dev.keyward.catalog.ResponseKind;
import dev.keyward.redaction.Secret;
import dev.keyward.server.credential.Canary;
import dev.keyward.server.upstream.Calls.Lent;
import dev.keyward.server.upstream.Calls.Passing;
import dev.keyward.store.TestPorts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class HttpUpstreamTest {
  private static final Lent LEASE = Lent.of(Calls.KEY);

  private final Passing sending = new Passing();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private Canary canary = Canary.listening();

  @BeforeEach
  void listen() {
    canary.close();
    canary = Canary.listening();
  }

  /// Whatever a test does, the key is in no log.
  @AfterEach
  void nothingWasLogged() throws Exception {
    for (AutoCloseable one : opened.reversed()) {
      one.close();
    }
    canary.close();
    Canary.assertFree(canary.logged(), Calls.KEY_TEXT);
    Canary.assertFree(canary.logged(), Calls.FRESH_TEXT);
  }

  // What is sent

  @Test
  void aCallCarriesItsCredentialItsOwnHostAndNothingElse() {
    var server = open(ScriptedServer.answering(ScriptedServer.json("{\"a\":1.10}")));

    var answered = answered(Calls.read(server.origin()));

    assertEquals(200, answered.status());
    assertEquals("{\"a\":1.10}", answered.body().toString());
    List<String> lines = server.requests().getFirst().lines().sorted().toList();
    assertEquals(
        List.of(
            "",
            "Accept-Encoding: gzip",
            "Accept: application/json",
            "Authorization: Bearer " + Calls.KEY_TEXT,
            "GET /api/x?a=1%2F2&a=b+c HTTP/1.1",
            "Host: 127.0.0.1:" + server.port(),
            "User-Agent: keyward"),
        lines);
    assertEquals(1, sending.firstBytes.get());
  }

  @Test
  void aWriteCarriesItsBodyAndItsIdempotencyKey() {
    var server = open(ScriptedServer.answering(ScriptedServer.json("{}")));

    answered(Calls.write(server.origin(), Optional.of("key-1")));

    String request = server.requests().getFirst();
    assertTrue(request.contains("\r\nIdempotency-Key: key-1\r\n"));
    assertTrue(request.contains("\r\nContent-Type: application/json"));
    assertTrue(request.endsWith("\r\n\r\n{\"note\":\"é\"}"));
  }

  @Test
  void aCredentialGoesWhereTheToolPutsIt() {
    var server = open(ScriptedServer.answering(ScriptedServer.json("{}")));
    Outgoing call = Calls.read(server.origin());
    String pair = "user:pässword";

    send(Calls.placed(call, new Placement.Basic()), Lent.of(Secret.of(pair)));
    send(Calls.placed(call, new Placement.Header("X-Api-Key", "Token ")), LEASE);
    send(Calls.placed(call, new Placement.Query("key")), Lent.of(Secret.of("a+b/ü&x=1")));

    String basic = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    List<String> requests = server.requests();
    assertTrue(requests.get(0).contains("\r\nAuthorization: Basic " + basic + "\r\n"));
    assertTrue(requests.get(1).contains("\r\nX-Api-Key: Token " + Calls.KEY_TEXT + "\r\n"));
    assertTrue(
        requests.get(2).startsWith("GET /api/x?a=1%2F2&a=b+c&key=a%2Bb%2F%C3%BC%26x%3D1 HTTP"));
  }

  @Test
  void aCredentialInTheQueryIsInNoTraceAndNoText() throws IOException {
    var server = open(new ScriptedServer(connection -> connection.readRequest()));
    Outgoing call = Calls.placed(Calls.read(server.origin()), new Placement.Query("key"));

    Reply broken = send(call, LEASE);
    server.close();
    Reply unreachable = send(call, LEASE);

    assertInstanceOf(Reply.Failed.class, broken);
    assertInstanceOf(Reply.NotSent.class, unreachable);
    Canary.assertFree(broken + " " + unreachable + " " + LEASE, Calls.KEY_TEXT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a\r\nX-Evil: 1", "a\nb", "a\u0000b", "a\u007fb", "a\u0085b", "ключ", " a", "a "})
  void aSecretThatNoHeaderCanCarryIsNotSent(String secret) {
    var server = open(ScriptedServer.answering(ScriptedServer.json("{}")));

    Reply reply = send(Calls.read(server.origin()), Lent.of(Secret.of(secret)));

    assertNotSent(Failure.CREDENTIAL_UNUSABLE, reply);
    assertEquals(0, server.connections());
  }

  @Test
  void aSecretWithALineEndIsNotSentAnywhere() {
    var server = open(ScriptedServer.answering(ScriptedServer.json("{}")));
    Outgoing call = Calls.read(server.origin());

    for (Placement placement :
        List.of(
            new Placement.Basic(), new Placement.Header("X-Key", ""), new Placement.Query("key"))) {
      assertNotSent(
          Failure.CREDENTIAL_UNUSABLE,
          send(Calls.placed(call, placement), Lent.of(Secret.of("user:a\r\nb"))));
    }
  }

  @Test
  void aPairWithoutAColonIsNotSent() {
    Outgoing call = Calls.placed(Calls.read(freePort()), new Placement.Basic());

    assertNotSent(Failure.CREDENTIAL_UNUSABLE, send(call, LEASE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "//evil.example/x",
        "/a b",
        "/a\r\nHost: evil",
        "http://evil.example/",
        "",
        "/a#b",
        "/a\\b"
      })
  void aPathThatCouldLeadElsewhereIsNotSent(String path) {
    assertNotSent(
        Failure.REQUEST_UNUSABLE, send(Calls.asking(Calls.read(freePort()), path), LEASE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Host", "hOST", "Content-Length", "Transfer-Encoding", "Connection"})
  void aToolCannotSetHostOrFraming(String name) {
    Outgoing call = Calls.asking(Calls.read(freePort()), "/", new HeaderField(name, "evil"));

    assertNotSent(Failure.REQUEST_UNUSABLE, send(call, LEASE));
  }

  @Test
  void theCredentialReplacesAHeaderOfTheTool() {
    var server = open(ScriptedServer.answering(ScriptedServer.json("{}")));
    var header = new HeaderField("authorization", "Bearer other");

    send(Calls.asking(Calls.read(server.origin()), "/", header), LEASE);

    assertFalse(server.requests().getFirst().contains("other"));
  }

  @Test
  void aHeadThatNoServerTakesIsNotSent() {
    Outgoing call = Calls.asking(Calls.read(freePort()), "/" + "a".repeat(50_000));

    assertNotSent(Failure.REQUEST_UNUSABLE, send(call, LEASE));
  }

  // The first byte

  @Test
  void aClosedPortIsProvenNotSent() {
    assertNotSent(Failure.UNREACHABLE, send(Calls.read(freePort()), LEASE));
  }

  @Test
  void anUnknownHostIsProvenNotSent() {
    Resolution none =
        host -> {
          throw new java.net.UnknownHostException(host);
        };
    var upstream = open(HttpUpstream.start(none, Set.of()));

    assertNotSent(
        Failure.UNREACHABLE,
        upstream.send(Calls.read(URI.create("http://nowhere.test")), LEASE, sending));
  }

  @Test
  void whatStopsBeforeTheFirstByteIsThrownOnAndNothingLeaves() throws Exception {
    var ended = new CompletableFuture<Boolean>();
    var server = open(new ScriptedServer(connection -> ended.complete(connection.readRequest())));
    var refused = new CallRefused(new Refusal.Cancelled());

    assertSame(refused, stoppedWith(server, refused));

    assertFalse(ended.get(), "the connection must end without a request");
    assertEquals(List.of(), server.requests());
  }

  @Test
  void anErrorBeforeTheFirstByteStopsItToo() {
    var server = open(ScriptedServer.answering(ScriptedServer.json("{}")));
    var error = new AssertionError("broken");

    assertSame(error, stoppedWith(server, error));
    assertEquals(List.of(), server.requests());
  }

  @Test
  void aPooledConnectionIsNoWayAroundTheFirstByte() {
    var server = open(ScriptedServer.answering(ScriptedServer.json("{}")));
    var upstream = upstream(server.origin());
    upstream.send(Calls.read(server.origin()), LEASE, sending);
    var refused = new CallRefused(new Refusal.Cancelled());

    var thrown =
        assertThrows(
            CallRefused.class,
            () -> upstream.send(Calls.read(server.origin()), LEASE, stopping(refused)));

    assertSame(refused, thrown);
    upstream.send(Calls.read(server.origin()), LEASE, sending);
    assertEquals(2, server.requests().size());
  }

  @Test
  void aServerThatNeverReadsTimesOutAsSent() {
    var server =
        open(
            new ScriptedServer(
                connection -> {
                  connection.readRequest();
                  connection.write(ScriptedServer.json("{}"));
                  connection.hold();
                }));

    Reply reply = withinASecond(server);

    assertFailed(Failure.TIMED_OUT, -1, reply);
  }

  @Test
  void aResetAfterTheRequestIsSent() {
    var server =
        open(
            new ScriptedServer(
                connection -> {
                  connection.readRequest();
                  connection.reset();
                }));

    assertFailed(Failure.BROKEN_OFF, -1, send(Calls.read(server.origin()), LEASE));
  }

  @Test
  void aResetAfterTheAnswersHeadersIsSentAndKeepsTheStatus() {
    var server =
        open(
            new ScriptedServer(
                connection -> {
                  connection.readRequest();
                  connection.write(
                      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                          + "Content-Length: 10\r\n\r\n{\"a\"");
                  connection.reset();
                }));

    assertInstanceOf(Reply.Failed.class, send(Calls.read(server.origin()), LEASE));
  }

  @Test
  void anInterruptedReadEndsAndAnInterruptedWriteRunsOn() throws Exception {
    var arrived = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    var server =
        open(
            new ScriptedServer(
                connection -> {
                  while (connection.readRequest()) {
                    arrived.countDown();
                    go.await();
                    connection.write(ScriptedServer.json("{}"));
                  }
                }));

    assertFailed(
        Failure.CANCELLED, -1, interrupted(Calls.read(server.origin()), arrived, () -> {}));

    Reply write =
        interrupted(
            Calls.write(server.origin(), Optional.empty()), new CountDownLatch(0), go::countDown);
    assertInstanceOf(Reply.Answered.class, write);
  }

  @Test
  void aReadThatIsCancelledIsBrokenOffAtTheUpstream() throws Exception {
    var leftAlone = new CountDownLatch(1);
    var server =
        open(
            new ScriptedServer(
                connection -> {
                  connection.readRequest();
                  sending.cancellation.cancel(new Refusal.Cancelled());
                  boolean open = connection.readRequest(); // until the broker closes it
                  if (!open) {
                    leftAlone.countDown();
                  }
                }));

    Reply reply = upstream(server.origin()).send(Calls.read(server.origin()), LEASE, sending);

    assertFailed(Failure.CANCELLED, -1, reply);
    leftAlone.await();
  }

  @Test
  void aWriteThatIsCancelledOnItsWayRunsOn() throws Exception {
    var server =
        open(
            new ScriptedServer(
                connection -> {
                  connection.readRequest();
                  sending.cancellation.cancel(new Refusal.Cancelled());
                  connection.write(ScriptedServer.json("{}"));
                }));

    Reply reply =
        upstream(server.origin())
            .send(Calls.write(server.origin(), Optional.empty()), LEASE, sending);

    assertInstanceOf(Reply.Answered.class, reply);
  }

  @Test
  void aCallCancelledBeforeItIsConnectedIsProvenNotSent() throws Exception {
    var server = open(ScriptedServer.answering(ScriptedServer.json("{}")));
    Resolution slow =
        host -> {
          sending.cancellation.cancel(new Refusal.Cancelled());
          return List.of(InetAddress.getLoopbackAddress());
        };
    var upstream = open(HttpUpstream.start(slow, Set.of(server.origin())));

    Reply reply = upstream.send(Calls.write(server.origin(), Optional.empty()), LEASE, sending);

    assertNotSent(Failure.CANCELLED, reply);
    upstream.send(Calls.read(server.origin()), LEASE, new Passing());
    assertEquals(1, server.requests().size(), "the cancelled write never leaves");
  }

  /// Whichever of the two comes first: what ended as not sent has not left.
  @Test
  void aWriteCancelledWhileItLeavesIsEitherUnsentOrAnswered() throws Exception {
    var server = open(ScriptedServer.answering(ScriptedServer.json("{}")));
    var upstream = upstream(server.origin());
    int left = 0;
    for (int i = 0; i < 200; i++) {
      var racing = new Passing();
      Thread canceller =
          Thread.startVirtualThread(() -> racing.cancellation.cancel(new Refusal.Cancelled()));
      Reply reply = upstream.send(Calls.write(server.origin(), Optional.empty()), LEASE, racing);
      canceller.join();
      switch (reply) {
        case Reply.Answered _ -> left++;
        case Reply.NotSent not -> assertEquals(Failure.CANCELLED, not.why());
        case Reply.Failed failed -> throw new AssertionError(failed);
      }
    }

    assertEquals(left, server.requests().size());
  }

  @Test
  void aCallInterruptedBeforeItIsConnectedIsProvenNotSent() throws Exception {
    var asked = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    var server = open(ScriptedServer.answering(ScriptedServer.json("{}")));
    Resolution slow =
        host -> {
          asked.countDown();
          awaitUninterruptibly(go);
          return List.of(InetAddress.getLoopbackAddress());
        };
    var upstream = open(HttpUpstream.start(slow, Set.of(server.origin())));
    var reply = new CompletableFuture<Reply>();
    Outgoing write = Calls.write(server.origin(), Optional.empty());
    Thread caller =
        Thread.startVirtualThread(() -> reply.complete(upstream.send(write, LEASE, sending)));

    asked.await();
    caller.interrupt();

    assertNotSent(Failure.CANCELLED, reply.get());
    go.countDown();
    upstream.send(Calls.read(server.origin()), LEASE, new Passing());
    assertEquals(1, server.requests().size(), "the cancelled write never leaves");
  }

  // Never twice

  @Test
  void connectionsAreKept() {
    var server = open(ScriptedServer.answering(ScriptedServer.json("{}")));
    var upstream = upstream(server.origin());

    for (int i = 0; i < 5; i++) {
      upstream.send(Calls.read(server.origin()), LEASE, sending);
    }

    assertEquals(5, server.requests().size());
    assertEquals(1, server.connections());
  }

  /// The pooled connection dies with the second request in it; a client that retries would send a
  /// third.
  @Test
  void aRequestThatDiesOnAKeptConnectionIsNotSentAgain() {
    var server =
        open(
            new ScriptedServer(
                connection -> {
                  connection.readRequest();
                  connection.write(ScriptedServer.json("{}"));
                  connection.readRequest();
                }));
    var upstream = upstream(server.origin());

    for (Outgoing call :
        List.of(Calls.read(server.origin()), Calls.write(server.origin(), Optional.empty()))) {
      int before = server.requests().size();
      assertInstanceOf(Reply.Answered.class, upstream.send(call, LEASE, sending));
      assertInstanceOf(Reply.Failed.class, upstream.send(call, LEASE, sending));
      assertEquals(2, server.requests().size() - before);
    }
    assertEquals(4, sending.firstBytes.get());
  }

  /// Each answer is followed by a close that the client has not noticed yet, or has.
  @Test
  void racingAgainstAClosingServerNeverSendsTwice() {
    var server =
        open(
            new ScriptedServer(
                connection -> {
                  connection.readRequest();
                  connection.write(ScriptedServer.json("{}"));
                }));
    var upstream = upstream(server.origin());

    for (int i = 1; i <= 100; i++) {
      var counted = new Passing();
      Reply reply = upstream.send(Calls.write(server.origin(), Optional.empty()), LEASE, counted);
      int sent = counted.firstBytes.get();
      assertEquals(reply instanceof Reply.NotSent ? 0 : 1, sent);
    }

    assertTrue(server.requests().size() <= 100);
  }

  // The fresher credential

  @Test
  void aReadIsTriedOnceMoreWithAFresherCredential() {
    var server = open(asking401Until(Calls.FRESH_TEXT));

    var reply = answered(Calls.read(server.origin()), fresh());

    assertEquals(200, reply.status());
    assertEquals(List.of(401, 200), statuses(reply));
    assertEquals(2, server.requests().size());
    assertEquals(1, sending.firstBytes.get());
  }

  @Test
  void onlyOnce() {
    var server = open(asking401Until("never"));

    var reply = answered(Calls.read(server.origin()), fresh());

    assertEquals(List.of(401, 401), statuses(reply));
    assertEquals(2, server.requests().size());
  }

  @Test
  void withoutAFresherCredentialThe401Stands() {
    var server = open(asking401Until("never"));

    assertEquals(List.of(401), statuses(answered(Calls.read(server.origin()))));
    assertEquals(1, server.requests().size());
  }

  @Test
  void aWriteIsTriedOnceMoreOnlyWithAnIdempotencyKey() {
    var server = open(asking401Until(Calls.FRESH_TEXT));

    var without = answered(Calls.write(server.origin(), Optional.empty()), fresh());
    assertEquals(List.of(401), statuses(without));

    var with = answered(Calls.write(server.origin(), Optional.of("key-1")), fresh());
    assertEquals(List.of(401, 200), statuses(with));
    assertEquals(3, server.requests().size());
  }

  @Test
  void a403CountsOnlyWhereItDeclaresTheTokenInvalidAndOnlyForReads() {
    String plain = ScriptedServer.answer("403 Forbidden", "application/json", "{}");
    String declared =
        plain.replace(
            "\r\n\r\n",
            "\r\nWWW-Authenticate: Bearer realm=\"x\", error=\"invalid_token\"\r\n\r\n");
    var forbidding = open(ScriptedServer.answering(plain));
    var expiring = open(ScriptedServer.answering(declared));

    assertEquals(List.of(403), statuses(answered(Calls.read(forbidding.origin()), fresh())));
    assertEquals(List.of(403, 403), statuses(answered(Calls.read(expiring.origin()), fresh())));
    assertEquals(
        List.of(403),
        statuses(answered(Calls.write(expiring.origin(), Optional.of("k")), fresh())));
  }

  @Test
  void aRevokedCallIsNotTriedAgain() {
    var server = open(asking401Until(Calls.FRESH_TEXT));
    sending.permitted = false;

    assertEquals(List.of(401), statuses(answered(Calls.read(server.origin()), fresh())));
    assertEquals(1, server.requests().size());
  }

  @Test
  void aCallRevokedWhileTheCredentialIsFetchedIsNotTriedAgain() {
    var server = open(asking401Until(Calls.FRESH_TEXT));
    var revoking =
        new Sending() {
          private boolean asked;

          @Override
          public void firstByte() {}

          @Override
          public boolean stillPermitted() {
            boolean first = !asked;
            asked = true;
            return first;
          }

          @Override
          public Cancellation cancellation() {
            return new Cancellation();
          }
        };

    Reply reply = upstream(server.origin()).send(Calls.read(server.origin()), fresh(), revoking);

    assertEquals(List.of(401), statuses(reply));
    assertEquals(1, server.requests().size());
  }

  // Answers

  @Test
  void aBigAnswerTo401IsAnAnswerLikeAnyOther() {
    String body = "{\"a\":\"" + "x".repeat(40_000) + "\"}";
    String answer = ScriptedServer.answer("401 Unauthorized", "application/json", body);
    var server =
        open(
            ScriptedServer.answering(
                answer.replace("\r\n\r\n", "\r\nWWW-Authenticate: Basic realm=\"x\"\r\n\r\n")));

    var reply = answered(Calls.read(server.origin()));

    assertEquals(401, reply.status());
    assertEquals(40_000, reply.body().get("a").stringValue().length());
    assertEquals(1, server.requests().size());
  }

  @Test
  void cookiesAreNotKept() {
    String answer = ScriptedServer.json("{}");
    var server =
        open(
            ScriptedServer.answering(
                answer.replace("\r\n\r\n", "\r\nSet-Cookie: session=1; Path=/\r\n\r\n")));
    var upstream = upstream(server.origin());

    upstream.send(Calls.read(server.origin()), LEASE, sending);
    upstream.send(Calls.read(server.origin()), LEASE, sending);

    assertFalse(server.requests().get(1).contains("Cookie"));
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 301, 302, 303, 304, 307, 308, 399})
  void aRedirectIsNotFollowed(int status) {
    var elsewhere = open(ScriptedServer.answering(ScriptedServer.json("{}")));
    var server =
        open(
            ScriptedServer.answering(
                "HTTP/1.1 "
                    + status
                    + " Moved\r\nLocation: "
                    + elsewhere.origin()
                    + "/x\r\nContent-Length: 0\r\n\r\n"));

    assertFailed(Failure.REDIRECTED, status, send(Calls.read(server.origin()), LEASE));
    assertEquals(0, elsewhere.connections());
    assertEquals(1, server.requests().size());
  }

  @Test
  void noContentIsNull() {
    var server = open(ScriptedServer.answering("HTTP/1.1 204 No Content\r\n\r\n"));

    var reply = answered(Calls.read(server.origin()));

    assertEquals(204, reply.status());
    assertTrue(reply.body().isNull());
  }

  @ParameterizedTest
  @ValueSource(strings = {"100 Continue", "102 Processing", "103 Early Hints"})
  void interimAnswersArePassedOver(String interim) {
    var server =
        open(
            ScriptedServer.answering(
                "HTTP/1.1 " + interim + "\r\n\r\n" + ScriptedServer.json("{\"a\":1}")));

    assertEquals("{\"a\":1}", answered(Calls.read(server.origin())).body().toString());
  }

  @Test
  void aSwitchOfProtocolsIsNoAnswer() {
    var server =
        open(
            ScriptedServer.answering(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"));

    assertInstanceOf(Reply.Failed.class, send(Calls.read(server.origin()), LEASE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonsense\r\n\r\n", "HTTP/1.1 xyz OK\r\n\r\n", "\u0000\u0001\u0002\r\n"})
  void whatIsNotHttpIsMalformed(String answer) {
    var server =
        open(
            new ScriptedServer(
                connection -> {
                  connection.readRequest();
                  connection.write(answer);
                }));

    assertFailed(Failure.MALFORMED, -1, send(Calls.read(server.origin()), LEASE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/html",
        "text/plain",
        "application/octet-stream",
        "application/jsonp",
        "application/+json",
        "text/event-stream",
        "application/json; charset=utf-16",
        "application/json; charset=utf-7",
        "json",
        ""
      })
  void anotherTypeThanDeclaredIsRefused(String type) {
    var server = open(ScriptedServer.answering(ScriptedServer.answer("200 OK", type, "{}")));

    assertFailed(Failure.WRONG_TYPE, 200, send(Calls.read(server.origin()), LEASE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json",
        "Application/JSON; charset=UTF-8",
        "application/problem+json",
        "application/vnd.api+json;charset=\"utf-8\""
      })
  void theFormsOfJsonAreJson(String type) {
    var server = open(ScriptedServer.answering(ScriptedServer.answer("200 OK", type, "[1]")));

    assertEquals("[1]", answered(Calls.read(server.origin())).body().toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":1,\"a\":2}",
        "{\"b\":{\"a\":1,\"\\u0061\":2}}",
        "{\"a\":1} {}",
        "{\"a\":",
        "{'a':1}",
        "{\"a\":NaN}",
        " ",
        "\"\u00ff\""
      })
  void jsonThatReadersCouldReadDifferentlyIsMalformed(String body) {
    var server = open(ScriptedServer.answering(ScriptedServer.json(body)));

    assertFailed(Failure.MALFORMED, 200, send(Calls.read(server.origin()), LEASE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16BE", "UTF-16LE", "UTF-32BE", "UTF-32LE"})
  void jsonInAnotherCharsetThanSaidIsMalformed(String charset) {
    String text = new String("[1]".getBytes(Charset.forName(charset)), StandardCharsets.ISO_8859_1);
    var server = open(ScriptedServer.answering(ScriptedServer.json(text)));

    assertFailed(Failure.MALFORMED, 200, send(Calls.read(server.origin()), LEASE));
  }

  @Test
  void twoHundredLevelsAreReadAndOneMoreIsNot() {
    var deep = open(ScriptedServer.answering(ScriptedServer.json(nested(200))));
    var deeper = open(ScriptedServer.answering(ScriptedServer.json(nested(201))));

    assertEquals(nested(200), answered(Calls.read(deep.origin())).body().toString());
    assertFailed(Failure.MALFORMED, 200, send(Calls.read(deeper.origin()), LEASE));
  }

  @Test
  void numbersKeepTheirDigits() {
    String body = "[12345678901234567890123,0.10,1E+2]";
    var server = open(ScriptedServer.answering(ScriptedServer.json(body)));

    assertEquals(body, answered(Calls.read(server.origin())).body().toString());
  }

  @Test
  void textAndHtmlAreOneString() {
    var text = open(ScriptedServer.answering(ScriptedServer.answer("200 OK", "text/csv", "a,b")));
    var html =
        open(
            ScriptedServer.answering(
                ScriptedServer.answer(
                    "200 OK", "text/html; charset=iso-8859-1", "<b>\u00e9</b><!-- x -->")));

    assertEquals(
        "\"a,b\"",
        answered(Calls.as(Calls.read(text.origin()), ResponseKind.TEXT)).body().toString());
    assertEquals(
        "\"<b>é</b><!-- x -->\"",
        answered(Calls.as(Calls.read(html.origin()), ResponseKind.HTML)).body().toString());
    assertFailed(
        Failure.WRONG_TYPE,
        200,
        send(Calls.as(Calls.read(text.origin()), ResponseKind.HTML), LEASE));
  }

  @Test
  void aPackedAnswerIsUnpacked() throws IOException {
    var server = open(ScriptedServer.answering(packed("200 OK", "{\"a\":[1,2]}", "gzip")));

    assertEquals("{\"a\":[1,2]}", answered(Calls.read(server.origin())).body().toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"br", "deflate", "gzip, gzip", "zstd"})
  void anEncodingThatWasNotAskedForIsRefused(String encoding) throws IOException {
    var server = open(ScriptedServer.answering(packed("200 OK", "{}", encoding)));

    assertFailed(Failure.WRONG_TYPE, 200, send(Calls.read(server.origin()), LEASE));
  }

  @Test
  void brokenPackingIsMalformed() {
    String answer = ScriptedServer.json("{}");
    var server =
        open(
            ScriptedServer.answering(
                answer.replace("\r\n\r\n", "\r\nContent-Encoding: gzip\r\n\r\n")));

    assertFailed(Failure.MALFORMED, 200, send(Calls.read(server.origin()), LEASE));
  }

  @Test
  void theLimitIsExactAndCountsUnpackedBytes() throws IOException {
    String fits = "\"" + "x".repeat(1022) + "\"";
    String exceeds = "\"" + "x".repeat(1023) + "\"";
    var plain = open(ScriptedServer.answering(ScriptedServer.json(fits)));
    var large = open(ScriptedServer.answering(ScriptedServer.json(exceeds)));
    var packed = open(ScriptedServer.answering(packed("200 OK", fits, "gzip")));
    var bomb = open(ScriptedServer.answering(packed("200 OK", "x".repeat(200_000), "gzip")));

    assertEquals(200, answered(small(plain)).status());
    assertEquals(200, answered(small(packed)).status());
    assertFailed(Failure.TOO_LARGE, 200, send(small(large), LEASE));
    assertFailed(Failure.TOO_LARGE, 200, send(small(bomb), LEASE));
  }

  @Test
  void anAnswerWithoutEndIsCutOffAtTheLimit() {
    var server =
        open(
            new ScriptedServer(
                connection -> {
                  connection.readRequest();
                  connection.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n");
                  while (true) {
                    connection.write(" ".repeat(1000));
                  }
                }));

    assertFailed(Failure.TOO_LARGE, 200, send(small(server), LEASE));
  }

  @Test
  void anAnswerThatDripsMeetsTheDeadlineOfTheWhole() {
    var server =
        open(
            new ScriptedServer(
                connection -> {
                  connection.readRequest();
                  connection.write(ScriptedServer.json("{}"));
                  connection.readRequest();
                  connection.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n");
                  while (true) {
                    connection.write(" ");
                    Thread.sleep(20);
                  }
                }));

    Reply reply = withinASecond(server);

    assertFailed(Failure.TIMED_OUT, 200, reply);
  }

  @Test
  void aShortBodyIsBrokenOff() {
    var server =
        open(
            new ScriptedServer(
                connection -> {
                  connection.readRequest();
                  connection.write(ScriptedServer.json("{}").replace("Length: 2", "Length: 3"));
                }));

    assertFailed(Failure.BROKEN_OFF, 200, send(Calls.read(server.origin()), LEASE));
  }

  @Test
  void anErrorsStatusCountsWhateverItsBodyIs() throws IOException {
    var html =
        open(
            ScriptedServer.answering(
                ScriptedServer.answer("502 Bad Gateway", "text/html", "<h1>no</h1>")));
    var broken =
        open(
            ScriptedServer.answering(
                ScriptedServer.answer("404 Not Found", "application/json", "{")));
    var large =
        open(
            ScriptedServer.answering(
                ScriptedServer.answer("500 X", "application/json", "9".repeat(5000))));

    assertStatusOnly(answered(Calls.read(html.origin())), 502);
    assertStatusOnly(answered(Calls.read(broken.origin())), 404);
    assertStatusOnly(answered(small(large)), 500);
  }

  @Test
  void anAnswersTextShowsNoBody() {
    var server = open(ScriptedServer.answering(ScriptedServer.json("\"" + Calls.KEY_TEXT + "\"")));

    Canary.assertFree(answered(Calls.read(server.origin())).toString(), Calls.KEY_TEXT);
  }

  // Lifecycle

  @ParameterizedTest
  @ValueSource(strings = {"", "org.eclipse", "org.eclipse.jetty", "org.eclipse.jetty.io"})
  void itDoesNotStartWhereTheHttpClientsDebugLogWouldTellCredentials(String logger) {
    var chatty = java.util.logging.Logger.getLogger(logger);
    var before = chatty.getLevel();
    chatty.setLevel(java.util.logging.Level.FINE);
    try {
      assertThrows(
          IllegalStateException.class, () -> HttpUpstream.start(Resolution.SYSTEM, Set.of()));
    } finally {
      chatty.setLevel(before);
    }
  }

  @Test
  void closingEndsItsThreadsAndItsCalls() throws InterruptedException {
    var server = open(ScriptedServer.answering(ScriptedServer.json("{}")));
    Set<Thread> others = Thread.getAllStackTraces().keySet();
    var upstream = HttpUpstream.start(Resolution.SYSTEM, Set.of(server.origin()));
    upstream.send(Calls.read(server.origin()), LEASE, sending);
    List<Thread> threads =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith("upstream"))
            .filter(thread -> !others.contains(thread))
            .toList();
    assertFalse(threads.isEmpty());

    upstream.close();

    for (Thread thread : threads) {
      assertTrue(thread.join(Duration.ofSeconds(30)), thread.getName());
    }
    assertInstanceOf(
        Reply.NotSent.class, upstream.send(Calls.read(server.origin()), LEASE, sending));
  }

  private HttpUpstream upstream(URI allowed) {
    return open(HttpUpstream.start(Resolution.SYSTEM, Set.of(allowed)));
  }

  private Reply send(Outgoing call, Lent lease) {
    return upstream(call.origin()).send(call, lease, sending);
  }

  /// {@return what comes of the second read, which may take a second; the first one is answered and
  /// leaves its connection, so that none has to be made in that time}
  private Reply withinASecond(ScriptedServer server) {
    Outgoing call = Calls.read(server.origin());
    var upstream = upstream(call.origin());
    assertInstanceOf(Reply.Answered.class, upstream.send(call, LEASE, sending));
    return upstream.send(Calls.within(call, Duration.ofSeconds(1), 1 << 20), LEASE, sending);
  }

  private Reply.Answered answered(Outgoing call) {
    return answered(call, LEASE);
  }

  private Reply.Answered answered(Outgoing call, Lent lease) {
    return assertInstanceOf(Reply.Answered.class, send(call, lease));
  }

  private static Lent fresh() {
    return new Lent(Calls.KEY, Optional.of(Calls.FRESH));
  }

  private static Outgoing small(ScriptedServer server) {
    return Calls.within(Calls.read(server.origin()), Duration.ofSeconds(30), 1024);
  }

  private static List<Integer> statuses(Reply reply) {
    return reply.trace().attempts().stream().map(Trace.Attempt::status).toList();
  }

  private void assertNotSent(Failure why, Reply reply) {
    assertEquals(why, assertInstanceOf(Reply.NotSent.class, reply).why());
    assertEquals(List.of(), reply.trace().attempts());
    assertEquals(0, sending.firstBytes.get());
  }

  private void assertFailed(Failure why, int status, Reply reply) {
    var failed = assertInstanceOf(Reply.Failed.class, reply);
    assertEquals(why, failed.why());
    assertTrue(failed.sent());
    assertEquals(List.of(status), statuses(failed));
  }

  private static void assertStatusOnly(Reply.Answered answered, int status) {
    assertEquals(status, answered.status());
    assertTrue(answered.body().isNull());
  }

  private Throwable stoppedWith(ScriptedServer server, Throwable thrown) {
    var upstream = upstream(server.origin());
    return assertThrows(
        Throwable.class, () -> upstream.send(Calls.read(server.origin()), LEASE, stopping(thrown)));
  }

  private static Sending stopping(Throwable thrown) {
    return new Sending() {
      @Override
      public void firstByte() {
        switch (thrown) {
          case RuntimeException unchecked -> throw unchecked;
          case Error error -> throw error;
          default -> throw new IllegalStateException(thrown);
        }
      }

      @Override
      public boolean stillPermitted() {
        return true;
      }

      @Override
      public Cancellation cancellation() {
        return new Cancellation();
      }
    };
  }

  private Reply interrupted(Outgoing call, CountDownLatch when, Runnable afterwards)
      throws Exception {
    var upstream = upstream(call.origin());
    var reply = new CompletableFuture<Reply>();
    var sent = new CountDownLatch(1);
    var counting =
        new Sending() {
          @Override
          public void firstByte() {
            sent.countDown();
          }

          @Override
          public boolean stillPermitted() {
            return true;
          }

          @Override
          public Cancellation cancellation() {
            return new Cancellation();
          }
        };
    Thread caller =
        Thread.startVirtualThread(
            () -> {
              Reply got = upstream.send(call, LEASE, counting);
              reply.complete(Thread.currentThread().isInterrupted() ? got : notInterrupted());
            });
    sent.await();
    when.await();
    caller.interrupt();
    afterwards.run();
    return reply.get();
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts the resolver", e);
    }
  }

  private static Reply notInterrupted() {
    throw new AssertionError("the interrupt must stay set");
  }

  private static ScriptedServer asking401Until(String key) {
    String no = ScriptedServer.answer("401 Unauthorized", "application/json", "{}");
    return new ScriptedServer(
        connection -> {
          while (connection.readRequest()) {
            boolean good = connection.lastRequest().contains(key);
            connection.write(good ? ScriptedServer.json("{}") : no);
          }
        });
  }

  private <T extends AutoCloseable> T open(T closeable) {
    opened.add(closeable);
    return closeable;
  }

  private static String nested(int levels) {
    return "[".repeat(levels) + "]".repeat(levels);
  }

  private static byte[] packed(String status, String body, String encoding) throws IOException {
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write(body.getBytes(StandardCharsets.UTF_8));
    }
    var answer = new ByteArrayOutputStream();
    answer.writeBytes(
        ("HTTP/1.1 "
                + status
                + "\r\nContent-Type: application/json\r\nContent-Encoding: "
                + encoding
                + "\r\nContent-Length: "
                + packed.size()
                + "\r\n\r\n")
            .getBytes(StandardCharsets.ISO_8859_1));
    answer.writeBytes(packed.toByteArray());
    return answer.toByteArray();
  }

  /// {@return an origin at which nobody listens}
  private static URI freePort() {
    return URI.create("http://127.0.0.1:" + TestPorts.free());
  }
}
