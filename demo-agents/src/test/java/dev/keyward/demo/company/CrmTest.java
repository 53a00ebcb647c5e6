package dev.keyward.demo.company;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

final class CrmTest {
  private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");

  private final CompanyKey key = CompanyKey.crm(new Random(1));
  private Crm crm;
  private Caller caller;

  @BeforeEach
  void open() throws IOException {
    crm = Crm.open(World.generate(7, NOW), key, InstantSource.fixed(NOW));
    caller = Caller.with(crm.origin(), key);
  }

  @AfterEach
  void close() {
    caller.close();
    crm.close();
  }

  @Test
  void aTicketHasEveryFieldOfItsShape() throws Exception {
    JsonNode ticket = caller.getJson("/api/tickets/4807");

    assertEquals(
        List.of(
            "id",
            "subject",
            "status",
            "priority",
            "requester",
            "customer_id",
            "body",
            "created_at",
            "updated_at",
            "notes",
            "internal_debug"),
        List.copyOf(ticket.propertyNames()));
    assertEquals("4807", ticket.path("id").stringValue());
    assertEquals(
        List.of("id", "name", "email"), List.copyOf(ticket.path("requester").propertyNames()));
    assertEquals(200, status(4812));
  }

  @Test
  void withoutAKeyOrWithAnotherOneNothingIsServed() throws Exception {
    try (var nobody = new Caller(crm.origin(), "");
        var stranger = new Caller(crm.origin(), "Bearer crm_live_guess")) {
      for (String path : List.of("/api/tickets/4807", "/pages/integrations", "/debug/request")) {
        assertEquals(401, nobody.get(path).statusCode());
        assertEquals(401, stranger.get(path).statusCode());
      }
    }
  }

  @Test
  void theJournalKeepsFingerprintsAndNeverKeys() throws Exception {
    caller.get("/api/tickets/4807?x=" + key.reveal().length());
    try (var stranger = new Caller(crm.origin(), "Bearer crm_live_guess")) {
      stranger.get("/pages/integrations");
    }

    assertEquals(
        List.of(
            new JournalEntry("GET", "/api/tickets/4807", 200, key.fingerprint()),
            new JournalEntry("GET", "/pages/integrations", 401, Fingerprint.of("crm_live_guess"))),
        crm.journal().entries());
    assertFalse(crm.journal().entries().toString().contains(key.reveal()));
    assertFalse(key.toString().contains(key.reveal()));
  }

  @Test
  void aSearchFindsWordsInSubjectAndBody() throws Exception {
    JsonNode found = caller.getJson("/api/tickets?query=charged%20TWICE&status=open");

    assertEquals("4807", found.path("tickets").get(0).path("id").stringValue());
    assertTrue(found.path("next_cursor").isNull());
  }

  @Test
  void cursorsWalkThroughEveryTicketOnce() throws Exception {
    var seen = new ArrayList<String>();
    String cursor = "";
    do {
      JsonNode page = caller.getJson("/api/tickets?limit=50&cursor=" + cursor);
      page.path("tickets").forEach(ticket -> seen.add(ticket.path("id").stringValue()));
      cursor = page.path("next_cursor").asString("");
    } while (!cursor.isEmpty());

    assertEquals(320, seen.size());
    assertEquals(320, new HashSet<>(seen).size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"limit=0", "limit=101", "limit=many", "cursor=elsewhere"})
  void aSearchThatMakesNoSenseIsRefused(String query) throws Exception {
    assertEquals(400, caller.get("/api/tickets?" + query).statusCode());
  }

  @Test
  void aNoteIsWrittenAndStandsBelowTheTicket() throws Exception {
    HttpResponse<String> written =
        note("4807", "{\"text\":\"Looked at it.\",\"internal\":true}", "");

    assertEquals(201, written.statusCode());
    assertEquals(
        List.of("id", "ticket_id", "text", "author", "created_at"),
        List.copyOf(Caller.json(written).propertyNames()));
    JsonNode notes = caller.getJson("/api/tickets/4807").path("notes");
    assertEquals("Looked at it.", notes.get(notes.size() - 1).path("text").stringValue());
  }

  @Test
  void theSameIdempotencyKeyWritesOneNote() throws Exception {
    int before = crm.notesOn("4807").size();

    String first = note("4807", "{\"text\":\"Once.\"}", "k1").body();
    String again = note("4807", "{\"text\":\"Once.\"}", "k1").body();

    assertEquals(first, again);
    assertEquals(before + 1, crm.notesOn("4807").size());
  }

  @Test
  void twoNotesWithoutAnIdempotencyKeyAreTwo() throws Exception {
    int before = crm.notesOn("4807").size();

    note("4807", "{\"text\":\"Twice.\"}", "");
    note("4807", "{\"text\":\"Twice.\"}", "");

    assertEquals(before + 2, crm.notesOn("4807").size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{}", "{\"text\":\" \"}", "{\"text\":"})
  void aNoteWithoutTextIsRefused(String body) throws Exception {
    assertEquals(400, note("4807", body, "").statusCode());
  }

  @Test
  void whatIsNotThereIs404() throws Exception {
    for (String path :
        List.of("/", "/api/tickets/9999", "/pages/none", "/api", "/api/tickets/4807/files")) {
      assertEquals(404, caller.get(path).statusCode(), path);
    }
    assertEquals(404, note("9999", "{\"text\":\"x\"}", "").statusCode());
  }

  @Test
  void tooLargeABodyIsRefused() throws Exception {
    String body = "{\"text\":\"" + "x".repeat(70_000) + "\"}";
    assertEquals(413, note("4807", body, "").statusCode());
  }

  // The bad habits: each is here so that the stories can show it does not reach an agent.

  @Test
  void aTicketsDebugFieldGivesTheKeyAway() throws Exception {
    JsonNode debug = caller.getJson("/api/tickets/4807").path("internal_debug");
    assertEquals("Bearer " + key.reveal(), decoded(debug.path("auth_b64").stringValue()));
  }

  @Test
  void theDebugEndpointGivesTheKeyAway() throws Exception {
    JsonNode headers = caller.getJson("/debug/request").path("headers");
    assertEquals(
        "Bearer " + key.reveal(), decoded(headers.path("authorization_base64").stringValue()));
  }

  @Test
  void theErrorOfABrokenShardRepeatsTheHeader() throws Exception {
    HttpResponse<String> broken = caller.get("/api/tickets/" + World.BROKEN);
    assertEquals(503, broken.statusCode());
    assertTrue(
        Caller.json(broken).at("/error/message").stringValue().contains("Bearer " + key.reveal()));
    assertEquals(500, caller.get("/api/tickets/" + World.BROKEN_ENCODED).statusCode());
  }

  @Test
  void thePageHoldsTheKeyInACommentAndInAnAttribute() throws Exception {
    String page = caller.get("/pages/integrations").body();
    String comment = page.substring(page.indexOf("<!-- "), page.indexOf("-->"));
    assertTrue(comment.contains(key.reveal()));
    assertTrue(page.contains("data-token=\"" + key.reveal()));
  }

  @Test
  void thePlantedTicketsNoteIsARequestDumpWithTheKey() {
    assertTrue(crm.notesOn(World.PLANTED).getFirst().contains("Bearer " + key.reveal()));
  }

  private int status(int ticket) throws IOException, InterruptedException {
    return caller.get("/api/tickets/" + ticket).statusCode();
  }

  private HttpResponse<String> note(String ticket, String body, String idempotencyKey)
      throws IOException, InterruptedException {
    String path = "/api/tickets/" + ticket + "/notes";
    return caller.post(path, "application/json", body, idempotencyKey);
  }

  private static String decoded(String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
  }
}
