package dev.keyward.server.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.catalog.Placement;
import dev.keyward.catalog.RequestBody;
import dev.keyward.catalog.UpstreamRequest;
import dev.keyward.redaction.Secret;
import dev.keyward.server.SettableClock;
import dev.keyward.server.upstream.Calls.Lent;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Where a credential goes beside the Authorization header, and what it signs.
@Timeout(60)
final class PlacementTest {
  private static final String FORM = "application/x-www-form-urlencoded";

  private final SettableClock clock = new SettableClock(); // 1795176000
  private final ScriptedServer server = ScriptedServer.answering(ScriptedServer.json("{}"));
  private final HttpUpstream upstream =
      HttpUpstream.start(Resolution.SYSTEM, Set.of(server.origin()), Map.of(), clock);

  @AfterEach
  void stop() throws IOException {
    upstream.close();
    server.close();
  }

  @Test
  void aCookieIsTheOnlyOneOfItsRequest() {
    send(new Placement.Cookie("session"), read(), "abc-1");

    assertTrue(sent().contains("\r\nCookie: session=abc-1\r\n"));
  }

  @Test
  void aCookieThatCouldBecomeTwoIsNotSent() {
    for (String value : new String[] {"a; admin=1", "a b", "a,b", "\"a\"", "a\\b", "é"}) {
      assertNotSent(send(new Placement.Cookie("session"), read(), value));
    }
  }

  @Test
  void aFormGetsTheFieldAtItsEnd() {
    send(new Placement.Form("api_key"), form("note=a%26b"), "k&admin=1");

    assertTrue(sent().endsWith("\r\n\r\nnote=a%26b&api_key=k%26admin%3D1"));
  }

  @Test
  void aFieldOfThatNameFromTheAgentIsNotSentBesideIt() {
    assertNotSent(send(new Placement.Form("api_key"), form("note=a&api_key=mine"), "k"));
    assertNotSent(send(new Placement.Form("api_key"), form("api_key=mine"), "k"));
    send(new Placement.Form("key"), form("api_key=mine"), "k");
    assertTrue(sent().endsWith("api_key=mine&key=k"));
  }

  @Test
  void aBodyThatIsNoFormTakesNoField() {
    assertNotSent(
        send(new Placement.Form("api_key"), Calls.write(server.origin(), Optional.empty()), "k"));
  }

  @Test
  void aSignatureCoversTimeAndBodyAndTheKeyStaysHere() {
    var placement =
        new Placement.Hmac(
            "X-Signature", "v0:{timestamp}:{body}", "t={timestamp},v0={signature}", "X-Time");

    send(placement, form("note={timestamp}"), "canary-signing-key");

    String request = sent();
    assertTrue(request.contains("\r\nX-Time: 1795176000\r\n"), request);
    String signature =
        Signatures.hex(
            Signatures.hmac(
                Signatures.utf8("canary-signing-key"), "v0:1795176000:note={timestamp}"));
    assertTrue(request.contains("\r\nX-Signature: t=1795176000,v0=" + signature + "\r\n"), request);
    assertFalse(request.contains("canary-signing-key"));
  }

  @Test
  void aHmacIsThePublishedOne() {
    assertEquals( // RFC 4231, test case 2
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        Signatures.hex(Signatures.hmac(Signatures.utf8("Jefe"), "what do ya want for nothing?")));
  }

  @Test
  void awsGetsTheRequestAsItWasSigned() {
    send(new Placement.SigV4("execute-api", "eu-central-1"), read(), "AKID:canary-aws:session-1");

    String request = sent();
    assertTrue(request.startsWith("GET /api/x?a=1%2F2&a=b%20c HTTP"), request);
    var signed =
        new SigV4.Signed("GET", server.origin().getRawAuthority(), "/api/x", "a=1%2F2&a=b%20c", "");
    var headers =
        new SigV4("execute-api", "eu-central-1")
            .sign(signed, Secret.of("AKID:canary-aws:session-1"), clock.instant())
            .orElseThrow();
    assertEquals(headers.get("authorization"), Secret.of(header(request, "authorization")));
    assertEquals("session-1", header(request, "x-amz-security-token"));
    assertFalse(request.contains("canary-aws"));
  }

  @Test
  void aKeyThatCannotSignSendsNothing() {
    assertNotSent(send(new Placement.SigV4("s3", "eu-central-1"), read(), "AKID-without-secret"));
  }

  private Outgoing read() {
    return Calls.read(server.origin());
  }

  private Outgoing form(String content) {
    Outgoing write = Calls.write(server.origin(), Optional.empty());
    var request =
        new UpstreamRequest(
            "POST",
            "/api/x",
            write.request().headers(),
            Optional.of(new RequestBody(FORM, content)));
    return new Outgoing(
        write.call(),
        write.tool(),
        write.tier(),
        write.origin(),
        write.pathTemplate(),
        request,
        write.idempotency(),
        write.placement(),
        write.kind(),
        write.limits());
  }

  private Reply send(Placement placement, Outgoing call, String value) {
    return upstream.send(
        Calls.placed(call, placement), Lent.of(Secret.of(value)), new Calls.Passing());
  }

  private String sent() {
    return server.requests().getLast();
  }

  private static String header(String request, String name) {
    return request
        .lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ": "))
        .findFirst()
        .orElseThrow()
        .substring(name.length() + 2);
  }

  private void assertNotSent(Reply reply) {
    assertEquals(Failure.CREDENTIAL_UNUSABLE, assertInstanceOf(Reply.NotSent.class, reply).why());
  }
}
