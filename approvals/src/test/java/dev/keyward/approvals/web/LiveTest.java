package dev.keyward.approvals.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Pages learn that something has changed, and nothing else.
@Timeout(60)
final class LiveTest {
  private Site site;

  @BeforeEach
  void open(@TempDir Path folder) throws Exception {
    site = Site.open(folder);
  }

  @AfterEach
  void close() {
    site.close();
  }

  @Test
  void aNewRequestIsSignalledWithoutSayingWhat() throws IOException {
    try (BufferedReader lines = listen(site.signedIn(Site.ALICE))) {
      assertEquals(": alive", lines.readLine());
      assertEquals("", lines.readLine());

      site.dual("{\"text\":\"the agent's words\"}");

      assertEquals("event: changed", lines.readLine());
      assertTrue(lines.readLine().matches("id: [0-9]+"));
      assertEquals("data: 1", lines.readLine());
    }
  }

  @Test
  void whatChangedBetweenAPageAndItsStreamIsToldAtOnce() throws IOException {
    Browser alice = site.signedIn(Site.ALICE);
    String shown = shown(alice.open("/approvals"));
    site.dual("{\"text\":\"just then\"}");

    try (BufferedReader lines = listen(alice, "?seen=" + shown, "")) {
      assertTrue(told(lines));
    }
  }

  @Test
  void whatChangedWhileAStreamWasCutIsToldWhenTheBrowserComesBack() throws IOException {
    Browser alice = site.signedIn(Site.ALICE);
    String shown = shown(alice.open("/approvals"));
    site.dual("{\"text\":\"heard\"}");
    String heard = shown(alice.open("/approvals"));
    site.dual("{\"text\":\"missed\"}");

    try (BufferedReader lines = listen(alice, "?seen=" + shown, heard)) {
      assertTrue(told(lines));
    }
  }

  @Test
  void whoHasSeenTheNewestIsToldNothing() throws IOException {
    Browser alice = site.signedIn(Site.ALICE);
    site.dual("{\"text\":\"seen\"}");
    String shown = shown(alice.open("/approvals"));

    try (BufferedReader lines = listen(alice, "?seen=" + shown, "")) {
      assertEquals(": alive", lines.readLine());
      assertEquals("", lines.readLine());
      site.endStreams();

      assertNull(lines.readLine());
    }
  }

  @Test
  void aServerThatStopsWaitsForNoOpenPage() throws IOException {
    Browser alice = site.signedIn(Site.ALICE);
    try (BufferedReader before = listen(alice)) {
      assertEquals(": alive", before.readLine());
      assertEquals("", before.readLine());

      site.endStreams();

      assertNull(before.readLine());
      try (BufferedReader after = listen(alice)) {
        assertNull(after.readLine());
      }
    }
  }

  @Test
  void aStrangerHearsNothing() {
    assertEquals(401, site.stranger().open("/live").status());
  }

  @Test
  void whatEndsTheSessionEndsTheStream() throws IOException {
    Browser alice = site.signedIn(Site.ALICE);
    try (BufferedReader lines = listen(alice)) {
      assertEquals(": alive", lines.readLine());
      assertEquals("", lines.readLine());
      Browser.Page page = alice.open("/approvals");
      site.people.remove(Site.ALICE);

      site.dual("{\"text\":\"hello\"}");

      assertNull(lines.readLine());
      assertEquals(401, alice.open("/approvals").status());
      assertFalse(page.body().isEmpty());
    }
  }

  @Test
  void whatAPageAsksByItselfKeepsNoSessionAlive() {
    Browser alice = site.signedIn(Site.ALICE);
    for (int i = 0; i < 6; i++) {
      site.clock.pass(Duration.ofMinutes(6));
      alice.open("/approvals", "Keyward-Refresh", "1");
    }

    assertEquals(401, alice.open("/approvals").status());
  }

  @Test
  void theScriptsAreOurs() {
    String page = site.signedIn(Site.ALICE).open("/approvals").body();

    assertTrue(page.contains("<script src=\"/static/keyward.js\" defer></script>"), page);
    assertEquals(200, site.stranger().open("/static/keyward.js").status());
    assertEquals(200, site.stranger().open("/static/htmx-4.0.1.min.js").status());
    assertFalse(page.contains("onclick"));
  }

  private static String shown(Browser.Page page) {
    Matcher changes = Pattern.compile("data-changes=\"([0-9]+)\"").matcher(page.body());
    assertTrue(changes.find(), page.body());
    return changes.group(1);
  }

  /// Whether the first event after the greeting says that something has changed.
  private static boolean told(BufferedReader lines) throws IOException {
    assertEquals(": alive", lines.readLine());
    assertEquals("", lines.readLine());
    return lines.readLine().equals("event: changed");
  }

  private BufferedReader listen(Browser person) throws IOException {
    return listen(person, "", "");
  }

  private BufferedReader listen(Browser person, String query, String lastEvent) throws IOException {
    var connection =
        (HttpURLConnection) site.origin.resolve("/live" + query).toURL().openConnection();
    connection.setRequestProperty("Cookie", person.cookie());
    if (!lastEvent.isEmpty()) {
      connection.setRequestProperty("Last-Event-ID", lastEvent);
    }
    assertEquals(200, connection.getResponseCode());
    assertEquals("text/event-stream;charset=utf-8", connection.getContentType());
    return new BufferedReader(
        new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
  }
}
