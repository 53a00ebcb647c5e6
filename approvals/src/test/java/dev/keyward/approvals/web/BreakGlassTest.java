package dev.keyward.approvals.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.ApprovalState;
import dev.keyward.approvals.Role;
import dev.keyward.call.PersonId;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The pages on which somebody breaks the glass, and somebody else looks at it.
final class BreakGlassTest {
  private static final PersonId GINA = new PersonId("gina");
  private static final String ARGUMENTS = "{\"text\":\"urgent\"}";

  @TempDir Path folder;
  private Site site;
  private Browser gina;
  private SoftPasskey passkey;

  @BeforeEach
  void start() throws Exception {
    site = Site.withPasskeys(folder, false);
    site.people.add(GINA, Set.of(Role.MEMBER, Role.BREAK_GLASS));
    gina = site.signedIn(GINA);
    passkey = new SoftPasskey(site.origin.toString());
    Browser.Page making = gina.open("/passkey");
    String made = passkey.made(options("data-make", making));
    gina.submit(
        "/passkey", making.form().with("csrf", making.field("csrf")).with("signature", made));
  }

  @AfterEach
  void stop() {
    site.close();
  }

  @Test
  void thePersonSaysWhyAndSignsExactlyThat() {
    ApprovalRequest request = site.dual(ARGUMENTS);
    assertTrue(gina.open("/approvals/" + request.id()).body().contains("Break the glass…"));

    Browser.Page signing = gina.submit(path(request), why(request, "INC-1", "no one is up"));
    assertTrue(signing.body().contains("no one is up"));
    Browser.Page answered = gina.submit(path(request), signed(signing));

    assertEquals(303, answered.status());
    assertEquals(ApprovalState.APPROVED, site.now(request).state());
    assertEquals("INC-1", site.now(request).decisions().getFirst().ticket().orElseThrow());
    assertTrue(gina.open("/approvals/" + request.id()).body().contains("break-glass"));
  }

  @Test
  void aSignatureForAnotherCauseOrWithoutOneBreaksNothing() {
    ApprovalRequest request = site.dual(ARGUMENTS);
    Browser.Page signing = gina.submit(path(request), why(request, "INC-1", "true"));
    Browser.Form signed = signed(signing);

    assertEquals(403, gina.submit(path(request), signed.with("reason", "other")).status());
    assertEquals(403, gina.submit(path(request), signed.with("ticket", "INC-2")).status());
    assertEquals(422, gina.submit(path(request), signed.with("reason", " ")).status());
    assertEquals(422, gina.submit(path(request), signed.with("ticket", "a b")).status());
    assertEquals(409, gina.submit(path(request), signed.with("view", "0".repeat(64))).status());
    assertEquals(403, gina.submit(path(request), signed.without("csrf")).status());
    ApprovalRequest other = site.dual("{\"text\":\"other\"}");
    assertEquals(409, gina.submit(path(other), signed).status());
    assertEquals(ApprovalState.PENDING, site.now(request).state());
  }

  @Test
  void withoutTheRoleThereIsNoSuchPage() {
    ApprovalRequest request = site.dual(ARGUMENTS);

    for (PersonId person : new PersonId[] {Site.ALICE, Site.OLIVIA, Site.MALLORY}) {
      Browser browser = site.signedIn(person);
      assertEquals(404, browser.open(path(request)).status());
      assertEquals(404, browser.submit(path(request), why(request, "INC-1", "me")).status());
    }
    assertFalse(
        site.signedIn(Site.ALICE).open("/approvals/" + request.id()).body().contains("glass…"));
  }

  @Test
  void everybodyConcernedSeesItUntilSomebodyElseHasLooked() {
    ApprovalRequest request = site.review(ARGUMENTS);
    gina.submit(path(request), signed(gina.submit(path(request), why(request, "INC-7", "outage"))));
    Browser alice = site.signedIn(Site.ALICE);

    for (PersonId person : new PersonId[] {Site.ALICE, Site.BOB, Site.OLIVIA, GINA}) {
      Browser browser = site.signedIn(person);
      assertTrue(
          browser.open("/approvals").body().contains("The glass was broken"), person.value());
      assertTrue(browser.open("/reviews").body().contains("INC-7"), person.value());
    }
    assertFalse(site.signedIn(Site.MALLORY).open("/reviews").body().contains("INC-7"));
    assertEquals(403, close(gina, request, "fine").status());
    assertEquals(403, close(site.signedIn(Site.OLIVIA), request, "fine").status());
    assertEquals(422, close(alice, request, " ").status());
    assertEquals(303, close(alice, request, "Looked at the account").status());
    assertEquals(409, close(site.signedIn(Site.BOB), request, "me too").status());

    assertFalse(alice.open("/approvals").body().contains("The glass was broken"));
    assertTrue(alice.open("/reviews").body().contains("Looked at the account"));
  }

  @Test
  void whatIsSecretInACauseIsNotKept() {
    ApprovalRequest request = site.review(ARGUMENTS);

    Browser.Page signing = gina.submit(path(request), why(request, "INC-7", "key " + Site.CANARY));

    assertFalse(signing.body().contains(Site.CANARY));
    assertEquals(303, gina.submit(path(request), signed(signing)).status());
    assertFalse(site.now(request).decisions().getFirst().reason().contains(Site.CANARY));
  }

  private Browser.Form why(ApprovalRequest request, String ticket, String reason) {
    Browser.Page page = gina.open(path(request));
    return page.form()
        .with("csrf", page.field("csrf"))
        .with("digest", page.field("digest"))
        .with("view", page.field("view"))
        .with("ticket", ticket)
        .with("reason", reason);
  }

  private Browser.Form signed(Browser.Page signing) {
    return signing
        .form()
        .with("csrf", signing.field("csrf"))
        .with("digest", signing.field("digest"))
        .with("view", signing.field("view"))
        .with("ticket", signing.field("ticket"))
        .with("reason", signing.field("reason"))
        .with("signature", passkey.signed(options("data-sign", signing)));
  }

  private static Browser.Page close(Browser person, ApprovalRequest request, String note) {
    Browser.Page page = person.open("/reviews");
    String csrf = page.field("csrf");
    return person.submit(
        "/reviews",
        page.form()
            .with("csrf", csrf)
            .with("approval", request.id().value())
            .with("finding", "justified")
            .with("note", note));
  }

  private static String path(ApprovalRequest request) {
    return "/break-glass/" + request.id();
  }

  private static String options(String attribute, Browser.Page page) {
    Matcher found = Pattern.compile(attribute + "=\"([^\"]*)\"").matcher(page.body());
    assertTrue(found.find(), page.body());
    return found.group(1).replace("&#34;", "\"").replace("&quot;", "\"").replace("&amp;", "&");
  }
}
