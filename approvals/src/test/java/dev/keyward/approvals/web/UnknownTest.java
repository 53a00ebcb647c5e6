package dev.keyward.approvals.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.approvals.Effect;
import dev.keyward.approvals.UnknownWrite;
import dev.keyward.call.AgentId;
import dev.keyward.call.CallId;
import dev.keyward.call.Caller;
import dev.keyward.call.Delegator;
import dev.keyward.call.RunId;
import dev.keyward.call.Tier;
import dev.keyward.call.ToolName;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The page of a write of which nobody knows whether it took effect.
final class UnknownTest {
  private static final String HOSTILE = "</pre><script>alert(1)</script> " + Site.CANARY;

  private Site site;
  private UnknownWrite write;

  @BeforeEach
  void open(@TempDir Path folder) throws Exception {
    site = Site.open(folder);
    write = unknown(Optional.empty());
    site.unknown.add(write);
  }

  @AfterEach
  void close() {
    site.close();
  }

  @Test
  void itStandsFirstInTheQueueUntilSomebodyHasLooked() {
    Browser alice = site.signedIn(Site.ALICE);
    String before = alice.open("/approvals").body();

    settle(alice, "happened", "Seen in the ledger");

    assertTrue(before.indexOf(path()) < before.indexOf("For you to decide"), before);
    assertFalse(alice.open("/approvals").body().contains(path()));
    assertEquals(Effect.HAPPENED, now().settlement().orElseThrow().effect());
    assertTrue(alice.open(path()).body().contains("Seen in the ledger"));
  }

  @Test
  void whatWasSentIsShownAsTextAndWithoutSecrets() {
    String page = site.signedIn(Site.ALICE).open(path()).body();

    assertFalse(page.contains("<script>alert"), page);
    assertFalse(page.contains(Site.CANARY), page);
    assertTrue(page.contains("[redacted]"), page);
  }

  @Test
  void withoutANoteNothingIsRecorded() {
    Browser alice = site.signedIn(Site.ALICE);

    assertEquals(422, settle(alice, "happened", " \u0000 ").status());

    assertTrue(now().settlement().isEmpty());
  }

  @Test
  void anotherWordThanTheTwoIsRefused() {
    Browser alice = site.signedIn(Site.ALICE);

    assertEquals(422, settle(alice, "", "note").status());
    assertEquals(422, settle(alice, "HAPPENED", "note").status());

    assertTrue(now().settlement().isEmpty());
  }

  @Test
  void theSecondToSayIsToldWhoWasFirst() {
    Browser alice = site.signedIn(Site.ALICE);
    Browser bob = site.signedIn(Site.BOB);
    Browser.Page shown = bob.open(path());
    settle(alice, "happened", "Seen in the ledger");

    Browser.Page late =
        bob.submit(
            path(),
            shown
                .form()
                .with("csrf", shown.field("csrf"))
                .with("effect", "did_not_happen")
                .with("note", "No"));

    assertEquals(409, late.status());
    assertTrue(late.body().contains("alice"), late.body());
    assertEquals(Effect.HAPPENED, now().settlement().orElseThrow().effect());
  }

  @Test
  void theOwnerSeesItAndHasNoButtonOthersSeeNothing() {
    Browser olivia = site.signedIn(Site.OLIVIA);

    assertFalse(olivia.open(path()).body().contains("name=\"effect\""));
    assertEquals(403, settle(olivia, "happened", "I say so").status());

    assertEquals(404, site.signedIn(Site.MALLORY).open(path()).status());
    assertEquals(401, site.stranger().open(path()).status());
    assertTrue(now().settlement().isEmpty());
  }

  @Test
  void whatOthersMaySeeHidesNothingFromTheOwner() {
    for (int i = 0; i < 100; i++) {
      site.unknown.add(unknown(Optional.of(new Delegator(Site.BOB, true))));
    }
    write = unknown(Optional.empty());
    site.unknown.add(write);

    assertTrue(site.signedIn(Site.OLIVIA).open("/approvals").body().contains(path()));
  }

  @Test
  void aReviewerForWhomTheAgentMayActDoesNotSettleItEither() {
    write = unknown(Optional.of(new Delegator(Site.ALICE, false)));
    site.unknown.add(write);

    assertEquals(403, settle(site.signedIn(Site.ALICE), "happened", "I say so").status());
    assertEquals(303, settle(site.signedIn(Site.BOB), "happened", "I looked").status());
  }

  @Test
  void aFormFromElsewhereOrWithoutItsTokenSettlesNothing() {
    Browser alice = site.signedIn(Site.ALICE);
    Browser.Page page = alice.open(path());
    Browser.Form form = page.form().with("effect", "happened").with("note", "forged");

    assertEquals(403, alice.submit(path(), form.with("csrf", "0".repeat(64))).status());
    assertEquals(
        403,
        alice
            .post(
                path(),
                form.with("csrf", page.field("csrf")).encoded(),
                "Origin",
                "https://evil.example")
            .status());
    assertEquals(
        200, alice.open(path() + "?effect=happened&note=x&csrf=" + page.field("csrf")).status());

    assertTrue(now().settlement().isEmpty());
  }

  private Browser.Page settle(Browser person, String effect, String note) {
    Browser.Page page = person.open(path());
    String csrf = page.field("csrf");
    return person.submit(
        path(), page.form().with("csrf", csrf).with("effect", effect).with("note", note));
  }

  private String path() {
    return "/unknown/" + write.call();
  }

  private UnknownWrite now() {
    return site.unknown.find(write.call()).orElseThrow();
  }

  private UnknownWrite unknown(Optional<Delegator> delegator) {
    var random = new SecureRandom();
    return new UnknownWrite(
        CallId.random(random),
        new Caller(
            new AgentId("triage-1"),
            "triage",
            "support",
            Site.OLIVIA,
            RunId.random(random),
            delegator),
        new ToolName("crm.add_note"),
        "Add a note to a ticket",
        Tier.WRITE,
        "crm",
        "https://crm.example",
        Optional.of("{\"text\":\"" + HOSTILE + "\"}"),
        site.clock.instant(),
        site.clock.instant(),
        Optional.empty(),
        Optional.empty());
  }
}
