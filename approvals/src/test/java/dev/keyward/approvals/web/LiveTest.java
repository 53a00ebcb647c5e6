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
      assertEquals("data: 1", lines.readLine());
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

  private BufferedReader listen(Browser person) throws IOException {
    var connection = (HttpURLConnection) site.origin.resolve("/live").toURL().openConnection();
    connection.setRequestProperty("Cookie", person.cookie());
    assertEquals(200, connection.getResponseCode());
    assertEquals("text/event-stream;charset=utf-8", connection.getContentType());
    return new BufferedReader(
        new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
  }
}
