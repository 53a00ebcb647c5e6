package dev.keyward.approvals.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.ApprovalState;
import dev.keyward.approvals.ReviewScope;
import dev.keyward.approvals.Role;
import dev.keyward.call.PersonId;
import dev.keyward.call.ToolPattern;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the pages offer to whom, and the page of one's own sessions.
final class RolesTest {
  private static final PersonId VERA = new PersonId("vera");
  private static final PersonId ADA = new PersonId("ada");

  @TempDir Path folder;
  private Site site;
  private ApprovalRequest request;
  private String path;

  @BeforeEach
  void start() throws Exception {
    site = Site.open(folder);
    site.people.add(VERA, Set.of(Role.MEMBER, Role.VIEWER));
    site.people.add(ADA, Set.of(Role.AUDITOR));
    request = site.review("{\"text\":\"hello\"}");
    path = "/approvals/" + request.id();
  }

  @AfterEach
  void stop() {
    site.close();
  }

  @Test
  void whoeverGetsTheNameOfSomebodyRemovedHasNotAgreedToAnything() {
    ApprovalRequest dual = site.dual("{\"text\":\"two must agree\"}");
    String there = "/approvals/" + dual.id();
    Browser bob = site.signedIn(Site.BOB);
    assertEquals(303, bob.submit(there, bob.open(there).decision("approve", "")).status());
    site.clock.pass(Duration.ofMinutes(1));
    site.people.remove(Site.BOB);
    site.people.add(Site.BOB, Set.of(Role.MEMBER, Role.REVIEWER));

    Browser alice = site.signedIn(Site.ALICE);
    assertEquals(303, alice.submit(there, alice.open(there).decision("approve", "")).status());

    assertEquals(ApprovalState.PARTIAL, site.now(dual).state());
    assertTrue(alice.open(there).body().contains("1 of 2 agreed"));
  }

  @Test
  void aViewerReadsEverythingAndHasNoButton() {
    Browser vera = site.signedIn(VERA);

    assertTrue(vera.open("/approvals").body().contains(path));
    Browser.Page page = vera.open(path);
    assertEquals(200, page.status());
    assertFalse(page.body().contains("name=\"decision\""));
    Browser.Form forged = page.decision("approve", "").with("digest", request.digest().value());
    assertEquals(403, vera.submit(path, forged).status());
    assertEquals(ApprovalState.PENDING, site.now(request).state());
  }

  @Test
  void aReviewersPlaceInOtherHandsIsSeenOnThePageAndTakenBack() {
    Browser alice = site.signedIn(Site.ALICE);
    Browser mallory = site.signedIn(Site.MALLORY);
    assertEquals(404, mallory.open(path).status());

    assertEquals(303, lending(alice, "to", "mallory").status());

    assertTrue(mallory.open("/lending").body().contains("Lent to you"));
    Browser.Page page = mallory.open(path);
    assertEquals(303, mallory.submit(path, page.decision("approve", "")).status());
    assertTrue(alice.open(path).body().contains("reviewer in the place of alice"));
    lending(alice, "end", "mallory");
    assertEquals(404, mallory.open(path).status());
  }

  @Test
  void whoseBorrowerHasAgreedIsToldSoAndNotWaitedFor() {
    Browser alice = site.signedIn(Site.ALICE);
    ApprovalRequest dual = approvedInThePlaceOf(alice);
    String there = "/approvals/" + dual.id();

    String queue = alice.open("/approvals").body();
    String page = alice.open(there).body();

    String used = "Your place is used: mallory approved in it";
    assertTrue(queue.contains(used), queue);
    assertTrue(queue.indexOf("Waiting for somebody else") < queue.indexOf(there), "not hers");
    assertTrue(page.contains(used) && page.contains("You can still deny."), page);
    assertFalse(site.signedIn(Site.BOB).open("/approvals").body().contains("is used"));
    assertEquals(303, alice.submit(there, alice.open(there).decision("approve", "")).status());
    assertEquals(ApprovalState.PARTIAL, site.now(dual).state(), "it adds nothing");
  }

  @Test
  void aDenialNeedsNoPlaceThatIsFree() {
    Browser alice = site.signedIn(Site.ALICE);
    ApprovalRequest dual = approvedInThePlaceOf(alice);

    Browser.Page together = alice.open("/together?pick=" + dual.id());
    assertEquals(303, alice.submit("/together", together.together("deny", "")).status());

    assertEquals(ApprovalState.DENIED, site.now(dual).state());
  }

  @Test
  void aPlaceThatIsLentNoMoreIsNotUsed() {
    Browser alice = site.signedIn(Site.ALICE);
    approvedInThePlaceOf(alice);

    lending(alice, "end", "mallory");

    String queue = alice.open("/approvals").body();
    assertFalse(queue.contains("Your place is used"), queue);
    assertFalse(queue.contains("Waiting for somebody else"), "both are hers to decide");
  }

  /// Where two must agree, and the one has, whom this person has lent their place.
  private ApprovalRequest approvedInThePlaceOf(Browser lender) {
    ApprovalRequest dual = site.dual("{\"text\":\"two must agree\"}");
    String there = "/approvals/" + dual.id();
    lending(lender, "to", "mallory");
    Browser mallory = site.signedIn(Site.MALLORY);
    assertEquals(303, mallory.submit(there, mallory.open(there).decision("approve", "")).status());
    return dual;
  }

  @Test
  void aPlaceLentAgainToTheSamePersonSaysThatTheNewTimeCounts() {
    Browser alice = site.signedIn(Site.ALICE);
    assertFalse(alice.open("/lending").body().contains("in place of the old one"));

    lending(alice, "to", "mallory", "14");
    assertTrue(alice.open("/lending").body().contains("in place of the old one"));
    lending(alice, "to", "mallory", "1");

    String page = alice.open("/lending").body();
    assertEquals(page.indexOf("Take it back"), page.lastIndexOf("Take it back"), page);
  }

  @Test
  void theOwnerSeesThatTheirAgentWaitsForReviewersAndNothingElse() {
    site.dual("{\"text\":\"for reviewers only\"}");

    String page = site.signedIn(Site.OLIVIA).open("/approvals").body();

    assertTrue(page.contains("Your agents wait for reviewers"), page);
    assertTrue(page.contains("0 of 2 agreed") && page.contains("triage-1"), page);
    assertTrue(page.contains("Nothing waits for you."), page);
    assertFalse(page.contains("for reviewers only"), "arguments are for those who decide");
    assertFalse(page.contains(path), "and nothing opens");
    assertEquals(404, site.signedIn(Site.OLIVIA).open(path).status());
    assertFalse(site.signedIn(Site.MALLORY).open("/approvals").body().contains("triage-1"));
    assertFalse(site.signedIn(Site.ALICE).open("/approvals").body().contains("Your agents wait"));
  }

  @Test
  void nobodyLendsWhatIsNotTheirs() {
    Browser mallory = site.signedIn(Site.MALLORY);
    Browser alice = site.signedIn(Site.ALICE);

    assertEquals(403, lending(mallory, "to", "olivia").status(), "no reviewer");
    assertEquals(403, lending(alice, "to", "alice").status());
    assertEquals(403, lending(alice, "to", "nobody").status());
    Browser.Page noName = lending(alice, "to", "Bob Smith");
    assertEquals(403, noName.status());
    assertTrue(noName.body().contains("Nobody here has a name like that"), noName.body());
    assertEquals(403, lending(alice, "to", "mallory", "15").status());
    assertEquals(422, lending(alice, "to", "mallory", "many").status());
    lending(site.signedIn(Site.BOB), "end", "mallory");
    assertEquals(404, mallory.open(path).status());
  }

  private static Browser.Page lending(Browser person, String field, String other) {
    return lending(person, field, other, "1");
  }

  private static Browser.Page lending(Browser person, String field, String other, String days) {
    Browser.Page page = person.open("/lending");
    String csrf = page.field("csrf");
    return person.submit(
        "/lending", page.form().with("csrf", csrf).with(field, other).with("days", days));
  }

  @Test
  void aReviewerOfOtherThingsFindsNothingHere() {
    Browser alice = site.signedIn(Site.ALICE);
    site.people.scope(
        Site.ALICE, new ReviewScope(Set.of(new ToolPattern("stripe.*")), Set.of(), Set.of()));

    assertEquals(404, alice.open(path).status());
    assertFalse(alice.open("/approvals").body().contains(path));
    Browser.Form forged =
        alice
            .open("/approvals")
            .decision("approve", "")
            .with("digest", request.digest().value())
            .with("view", "0".repeat(64));
    assertEquals(404, alice.submit(path, forged).status());
  }

  @Test
  void anAuditorReadsTheRecordAndDecidesOnNothing() {
    record("triage-1", "{\"note\":\"" + Site.CANARY + "\",\"mark\":\"<b>\"}");
    Browser ada = site.signedIn(ADA);

    assertFalse(ada.open(path).body().contains("name=\"decision\""));
    String page = ada.open("/audit").body();
    assertTrue(page.contains("call.intent"));
    assertTrue(page.contains("[redacted]") && !page.contains(Site.CANARY));
    assertFalse(page.contains("<b>"));
    assertTrue(ada.open("/audit?agent=other").body().contains("Nothing fits."));
    assertTrue(ada.open("/audit?agent=triage-1&type=").body().contains("value=\"triage-1\""));
    Browser.Page nonsense = ada.open("/audit?agent=a%20b");
    assertEquals(422, nonsense.status());
    assertTrue(nonsense.body().contains("agent must be a name"));
  }

  @Test
  void nobodyElseHasARecordToRead() {
    for (PersonId person : new PersonId[] {Site.ALICE, Site.OLIVIA, VERA}) {
      Browser browser = site.signedIn(person);
      assertEquals(404, browser.open("/audit").status());
      assertFalse(browser.open("/approvals").body().contains("href=\"/audit\""));
    }
    assertEquals(401, site.stranger().open("/audit").status());
  }

  @Test
  void anybodyEndsTheirOtherSessionsAndNobodyElses() {
    Browser here = site.signedIn(Site.ALICE);
    Browser there = site.signedIn(Site.ALICE);
    Browser bob = site.signedIn(Site.BOB);
    String bobs = name(bob.open("/sessions").body(), "This browser");
    Browser.Page page = here.open("/sessions");
    Browser.Form form = page.form().with("csrf", page.field("csrf"));

    assertEquals(303, here.submit("/sessions", form.with("end", bobs)).status());
    assertEquals(200, bob.open("/sessions").status());
    String other = name(page.body(), "Another browser");
    assertEquals(303, here.submit("/sessions", form.with("end", other)).status());
    assertEquals(401, there.open("/sessions").status());
    assertEquals(200, here.open("/sessions").status());
  }

  @Test
  void allOthersEndAtOnceAndOnlyByOnesOwnForm() {
    Browser here = site.signedIn(Site.ALICE);
    Browser there = site.signedIn(Site.ALICE);
    Browser.Page page = here.open("/sessions");
    Browser.Form form = page.form().with("csrf", page.field("csrf")).with("end", "others");

    assertEquals(403, here.submit("/sessions", form.with("csrf", "x")).status());
    assertEquals(200, there.open("/sessions").status());
    assertEquals(422, here.submit("/sessions", form.without("end")).status());
    assertEquals(303, here.submit("/sessions", form).status());
    assertEquals(401, there.open("/approvals").status());
    assertEquals(200, here.open("/approvals").status());
  }

  @Test
  void whatABrowserCallsItselfIsShownAsText() {
    Browser alice = site.signedIn(Site.ALICE, "<script>alert(1)</script>");

    String page = alice.open("/sessions").body();

    assertTrue(page.contains("&lt;script&gt;alert(1)"));
  }

  private void record(String agent, String text) {
    site.trail.lines.add(
        new AuditTrail.Line(
            "chain_1",
            7,
            Instant.parse("2026-11-20T12:00:00Z"),
            "call.intent",
            agent,
            "crm.add_note",
            "call_1",
            text));
  }

  private static String name(String page, String which) {
    Matcher found =
        Pattern.compile("<strong>" + which + "</strong> <code>([0-9a-f]{12})</code>").matcher(page);
    assertTrue(found.find(), which);
    return found.group(1);
  }
}
