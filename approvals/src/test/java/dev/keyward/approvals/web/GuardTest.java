package dev.keyward.approvals.web;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.ApprovalState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GuardTest {
  @TempDir Path folder;
  private Site site;

  @BeforeEach
  void start() throws Exception {
    site = Site.open(folder);
  }

  @AfterEach
  void stop() {
    site.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/", "/approvals", "/sign-in", "/sign-in/x", "/nowhere", "/static/keyward.css"})
  void everyAnswerForbidsForeignScriptsFramesAndSniffing(String path) {
    Browser.Page page = site.stranger().open(path);

    assertEquals(
        "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self';"
            + " img-src 'self'; form-action 'self';"
            + " base-uri 'none'; frame-ancestors 'none'",
        page.header("Content-Security-Policy"));
    assertEquals("same-origin", page.header("Cross-Origin-Opener-Policy"));
    assertEquals("same-origin", page.header("Cross-Origin-Resource-Policy"));
    assertEquals("nosniff", page.header("X-Content-Type-Options"));
    assertEquals("same-origin", page.header("Referrer-Policy"));
    assertTrue(page.header("Permissions-Policy").contains("camera=()"));
  }

  @Test
  void pagesAreNotStored() {
    assertEquals("no-store", site.stranger().open("/approvals").header("Cache-Control"));
    assertEquals("no-store", site.signedIn(Site.ALICE).open("/approvals").header("Cache-Control"));
  }

  @Test
  void theStylesheetIsAskedForOnce() {
    Browser browser = site.stranger();

    Browser.Page first = browser.open("/static/keyward.css");
    Browser.Page second =
        browser.open("/static/keyward.css", "If-None-Match", first.header("ETag"));

    assertEquals(200, first.status());
    assertEquals("text/css;charset=utf-8", first.header("Content-Type"));
    assertEquals(304, second.status());
    assertEquals("", second.body());
    assertEquals(200, browser.open("/static/keyward.svg").status());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/static/", "/static/../approvals.jte", "/static/%2e%2e/x", "/static/x", "/x.jte"})
  void nothingElseIsServedFromTheJar(String path) {
    int status = site.stranger().open(path).status();

    assertTrue(List.of(400, 404).contains(status), () -> "status " + status);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"evil.example", "evil.example:PORT", "localhost:PORT", "127.0.0.1.evil:80"})
  void anotherHostGetsNothing(String host) throws IOException {
    String named = host.replace("PORT", String.valueOf(site.origin.getPort()));

    String answer = raw("GET /approvals HTTP/1.1\r\nHost: " + named + "\r\n");

    assertTrue(answer.startsWith("HTTP/1.1 421 "), answer);
  }

  @Test
  void noHostGetsNothing() throws IOException {
    assertTrue(raw("GET /approvals HTTP/1.0\r\n").startsWith("HTTP/1.1 421 "));
  }

  @Test
  void ourOwnHostIsServed() throws IOException {
    String answer = raw("GET /approvals HTTP/1.1\r\nHost: " + site.origin.getAuthority() + "\r\n");

    assertTrue(answer.startsWith("HTTP/1.1 401 "), answer);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Origin: http://evil.example",
        "Origin: null",
        "Origin: http://127.0.0.1:1",
        "Origin: OWN.evil.example",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
        "Sec-Fetch-Site: none",
        "Origin: OWN; Sec-Fetch-Site: cross-site",
        "Origin: http://evil.example; Sec-Fetch-Site: same-origin",
        "X-Nothing: said"
      })
  void aFormFromElsewhereDecidesNothing(String headers) {
    ApprovalRequest request = site.confirm("{\"text\":\"hello\"}");
    Browser olivia = site.signedIn(Site.OLIVIA);
    String path = "/approvals/" + request.id();
    String form = olivia.open(path).decision("approve", "").encoded();
    String[] sent = headers.replace("OWN", site.origin.toString()).split(": |; ", -1);

    Browser.Page answer = olivia.post(path, form, sent);

    assertEquals(403, answer.status());
    assertEquals(ApprovalState.PENDING, site.now(request).state());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Origin: OWN",
        "Sec-Fetch-Site: same-origin",
        "Origin: OWN; Sec-Fetch-Site: same-origin"
      })
  void aFormFromOurOwnPageDecides(String headers) {
    ApprovalRequest request = site.confirm("{\"text\":\"hello\"}");
    Browser olivia = site.signedIn(Site.OLIVIA);
    String path = "/approvals/" + request.id();
    String form = olivia.open(path).decision("approve", "").encoded();
    String[] sent = headers.replace("OWN", site.origin.toString()).split(": |; ", -1);

    assertEquals(303, olivia.post(path, form, sent).status());

    assertEquals(ApprovalState.APPROVED, site.now(request).state());
  }

  @ParameterizedTest
  @ValueSource(strings = {"PUT", "DELETE", "OPTIONS", "PATCH"})
  void otherMethodsAreRefused(String method) {
    assertEquals(405, site.signedIn(Site.ALICE).method(method, "/approvals").status());
  }

  @Test
  void postingToWhatIsOnlyLookedAtIsRefusedInOurOwnWords() {
    Browser.Page page = site.stranger().submit("/static/keyward.css", new Browser.Form(List.of()));

    assertEquals(405, page.status());
    assertTrue(page.body().contains("That is not possible here"));
  }

  @Test
  void aFaultShowsNothingOfItself() throws Exception {
    Browser alice = site.signedIn(Site.ALICE);
    site.closeDatabase();

    Browser.Page page = alice.open("/approvals");

    assertTrue(page.status() >= 500);
    assertTrue(page.body().contains("<h1>"));
    for (String tell : List.of("Exception", "dev.keyward", "sqlite", "jetty", "at java")) {
      assertFalse(page.body().contains(tell), tell);
    }
  }

  private String raw(String head) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), site.origin.getPort())) {
      socket.getOutputStream().write((head + "Connection: close\r\n\r\n").getBytes(US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), US_ASCII);
    }
  }
}
