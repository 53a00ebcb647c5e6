package dev.keyward.approvals.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.ApprovalState;
import dev.keyward.approvals.Decision;
import dev.keyward.approvals.StepUp;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whoever has a passkey approves dangerous calls with it: a session alone is not enough.
final class PasskeyTest {
  private static final String ARGUMENTS = "{\"text\":\"dangerous\"}";

  @TempDir Path folder;
  private Site site;

  @BeforeEach
  void start() throws Exception {
    site = Site.withPasskeys(folder, false);
  }

  @AfterEach
  void stop() {
    site.close();
  }

  @Test
  void aPasskeySignsTheVeryDecision() throws Exception {
    Browser alice = site.signedIn(Site.ALICE);
    SoftPasskey passkey = withPasskey(alice);
    ApprovalRequest request = site.dual(ARGUMENTS);
    Browser.Page page = alice.open(path(request));

    assertEquals(303, approve(alice, request, page, passkey.signed(asked(page))).status());

    assertEquals(ApprovalState.PARTIAL, state(request));
    Decision decision = site.now(request).decisions().getFirst();
    assertEquals(StepUp.PASSKEY, decision.stepUp());
    decision
        .receipt()
        .orElseThrow()
        .require(request.id(), request.digest(), decision.view(), Site.ALICE);
    assertTrue(alice.open(path(request)).body().contains("step-up: passkey"));
  }

  @Test
  void aStolenSessionDeniesButApprovesNothing() {
    withPasskey(site.signedIn(Site.ALICE));
    Browser thief = site.signedIn(Site.ALICE);
    ApprovalRequest request = site.dual(ARGUMENTS);
    Browser.Page page = thief.open(path(request));

    assertFalse(page.body().contains("Approve this once"));
    assertEquals(403, thief.submit(path(request), page.decision("approve", "")).status());
    assertEquals(403, approve(thief, request, page, "").status());
    assertEquals(403, approve(thief, request, page, passkey().signed(asked(page))).status());
    assertEquals(ApprovalState.PENDING, state(request));
    assertEquals(303, thief.submit(path(request), page.decision("deny", "")).status());
  }

  @Test
  void aDenialHoldsNoSignatureOfAnApproval() {
    Browser alice = site.signedIn(Site.ALICE);
    SoftPasskey passkey = withPasskey(alice);
    ApprovalRequest request = site.dual(ARGUMENTS);
    Browser.Page page = alice.open(path(request));
    String signed = passkey.signed(asked(page));

    alice.submit(path(request), page.decision("deny", "").with("signature", signed));

    Decision decision = site.now(request).decisions().getFirst();
    assertEquals(ApprovalState.DENIED, state(request));
    assertEquals(Optional.empty(), decision.receipt());
  }

  @Test
  void aSignatureIsForOneCallAndOnePersonOnly() {
    Browser alice = site.signedIn(Site.ALICE);
    Browser bob = site.signedIn(Site.BOB);
    SoftPasskey passkey = withPasskey(alice);
    withPasskey(bob);
    ApprovalRequest harmless = site.dual("{\"text\":\"harmless\"}");
    ApprovalRequest request = site.dual(ARGUMENTS);
    String signed = passkey.signed(asked(alice.open(path(harmless))));

    assertEquals(403, approve(alice, request, alice.open(path(request)), signed).status());
    assertEquals(403, approve(bob, harmless, bob.open(path(harmless)), signed).status());

    assertEquals(ApprovalState.PENDING, state(request));
    assertEquals(ApprovalState.PENDING, state(harmless));
  }

  @Test
  void nobodyThereIsNobodyWhoApproves() {
    Browser alice = site.signedIn(Site.ALICE);
    SoftPasskey passkey = withPasskey(alice).withoutVerifying();
    ApprovalRequest request = site.dual(ARGUMENTS);
    Browser.Page page = alice.open(path(request));

    assertEquals(403, approve(alice, request, page, passkey.signed(asked(page))).status());

    assertEquals(ApprovalState.PENDING, state(request));
  }

  @Test
  void whatWasSignedElsewhereCountsNowhereHere() {
    Browser alice = site.signedIn(Site.ALICE);
    SoftPasskey passkey = withPasskey(alice).forSite("evil.example");
    ApprovalRequest request = site.dual(ARGUMENTS);
    Browser.Page page = alice.open(path(request));

    assertEquals(403, approve(alice, request, page, passkey.signed(asked(page))).status());
    assertEquals(403, approve(alice, request, page, "{}").status());
    assertEquals(403, approve(alice, request, page, "not JSON").status());

    assertEquals(ApprovalState.PENDING, state(request));
  }

  @Test
  void aPasskeyThatAFishingSiteHadMadeIsNone() {
    Browser alice = site.signedIn(Site.ALICE);
    var elsewhere = new SoftPasskey("https://evil.example");

    assertEquals(409, make(alice, elsewhere).status());

    assertEquals(Optional.empty(), site.people.passkey(Site.ALICE));
  }

  @Test
  void aSessionMakesAPasskeyOnlyJustAfterSigningIn() {
    Browser left = site.signedIn(Site.ALICE);
    String options = making(left.open("/passkey"));
    site.clock.pass(Duration.ofMinutes(10));

    Browser.Page page = left.open("/passkey");

    assertTrue(page.body().contains("Sign in anew to make one"));
    assertEquals(409, keep(left, page, passkey().made(options)).status());
    assertEquals(Optional.empty(), site.people.passkey(Site.ALICE));
  }

  @Test
  void onePasskeyDoesNotReplaceAnother() {
    Browser alice = site.signedIn(Site.ALICE);
    Browser thief = site.signedIn(Site.ALICE);
    String options = making(thief.open("/passkey"));
    withPasskey(alice);
    var kept = site.people.passkey(Site.ALICE);

    assertEquals(409, keep(thief, thief.open("/passkey"), passkey().made(options)).status());

    assertEquals(kept, site.people.passkey(Site.ALICE));
  }

  @Test
  void whatOneSessionWasAskedForAnotherCannotAnswer() {
    String options = making(site.signedIn(Site.BOB).open("/passkey"));
    Browser alice = site.signedIn(Site.ALICE);

    assertEquals(409, keep(alice, alice.open("/passkey"), passkey().made(options)).status());
  }

  @Test
  void aPasskeyIsOnePersonsOnly() {
    SoftPasskey passkey = withPasskey(site.signedIn(Site.ALICE));

    assertEquals(409, make(site.signedIn(Site.BOB), passkey).status());

    assertEquals(Optional.empty(), site.people.passkey(Site.BOB));
  }

  @Test
  void aForgottenPasskeyEndsTheSessionsAndIsNoneAnyMore() {
    Browser alice = site.signedIn(Site.ALICE);
    SoftPasskey passkey = withPasskey(alice);
    ApprovalRequest request = site.dual(ARGUMENTS);
    String signed = passkey.signed(asked(alice.open(path(request))));

    assertTrue(site.people.forgetPasskey(Site.ALICE));

    assertFalse(site.people.forgetPasskey(Site.ALICE));
    assertEquals(401, alice.open(path(request)).status());
    Browser anew = site.signedIn(Site.ALICE);
    approve(anew, request, anew.open(path(request)), signed);
    assertEquals(StepUp.NONE, site.now(request).decisions().getFirst().stepUp());
  }

  @Test
  void aPersonMadeAnewHasNoPasskey() {
    withPasskey(site.signedIn(Site.ALICE));
    var roles = site.people.person(Site.ALICE).orElseThrow().roles();
    site.people.remove(Site.ALICE);
    site.people.add(Site.ALICE, roles);

    assertEquals(Optional.empty(), site.people.passkey(Site.ALICE));
  }

  @Test
  void whereEverybodySignsWhoHasNoPasskeyMakesOneFirst() throws Exception {
    site.close();
    site = Site.withPasskeys(folder, true);
    Browser alice = site.signedIn(Site.ALICE);
    ApprovalRequest request = site.dual(ARGUMENTS);
    Browser.Page page = alice.open(path(request));

    assertFalse(page.body().contains("value=\"approve\""));
    assertTrue(page.body().contains("Make yours first."));
    assertEquals(403, alice.submit(path(request), page.decision("approve", "")).status());
    assertEquals(ApprovalState.PENDING, state(request));
  }

  @Test
  void whatIsNotDangerousTakesNoPasskey() {
    Browser olivia = site.signedIn(Site.OLIVIA);
    withPasskey(olivia);
    ApprovalRequest request = site.confirm("{\"text\":\"harmless\"}");

    olivia.submit(path(request), olivia.open(path(request)).decision("approve", ""));

    assertEquals(ApprovalState.APPROVED, state(request));
  }

  @Test
  void aStolenSessionLendsNobodyThePlace() {
    Browser alice = site.signedIn(Site.ALICE);
    SoftPasskey passkey = withPasskey(alice);
    Browser thief = site.signedIn(Site.ALICE);
    ApprovalRequest request = site.review(ARGUMENTS);
    String approval = passkey.signed(asked(alice.open(path(request))));
    String elsewhere = passkey.signed(asked(lend(alice, "bob", "1")));

    Browser.Page signing = lend(thief, "mallory", "14");

    assertEquals(200, signing.status());
    for (String signature :
        List.of("", "{}", passkey().signed(asked(signing)), approval, elsewhere)) {
      assertEquals(403, lendSigned(thief, signing, signature).status(), signature);
    }
    Browser.Form longer = signed(signing, elsewhere).with("until", "2099-01-01T00:00:00Z");
    assertEquals(403, thief.submit("/lending", longer).status());
    assertEquals(422, thief.submit("/lending", longer.with("until", "for ever")).status());
    assertEquals(List.of(), site.people.loans().list());
    assertEquals(404, site.signedIn(Site.MALLORY).open(path(request)).status());
  }

  @Test
  void inABorrowedPlaceItTakesAPasskeyWhereTheLenderHasOne() {
    Browser alice = site.signedIn(Site.ALICE);
    Browser mallory = site.signedIn(Site.MALLORY);
    SoftPasskey passkey = withPasskey(alice);
    ApprovalRequest request = site.review(ARGUMENTS);
    Browser.Page signing = lend(alice, "mallory", "2");
    assertFalse(signing.body().contains("has it already"));
    assertEquals(303, lendSigned(alice, signing, passkey.signed(asked(signing))).status());
    assertTrue(lend(alice, "mallory", "1").body().contains("mallory has it already, until"));

    Browser.Page bare = mallory.open(path(request));
    assertTrue(bare.body().contains("Make yours first."));
    assertEquals(403, mallory.submit(path(request), bare.decision("approve", "")).status());
    assertEquals(ApprovalState.PENDING, state(request));

    SoftPasskey mallorys = withPasskey(mallory);
    Browser.Page page = mallory.open(path(request));
    assertEquals(303, approve(mallory, request, page, mallorys.signed(asked(page))).status());
    Decision decision = site.now(request).decisions().getFirst();
    assertEquals(StepUp.PASSKEY, decision.stepUp());
    assertEquals(Optional.of(Site.ALICE), decision.inPlaceOf());
  }

  @Test
  void whereEverybodySignsNobodyLendsWithoutAPasskey() throws Exception {
    site.close();
    site = Site.withPasskeys(folder, true);
    Browser alice = site.signedIn(Site.ALICE);

    Browser.Page signing = lend(alice, "mallory", "1");

    assertTrue(signing.body().contains("Make yours first."));
    Browser.Form forged = signing.form().with("csrf", signing.field("csrf")).with("to", "mallory");
    String tomorrow = site.clock.instant().plus(Duration.ofDays(1)).toString();
    assertEquals(403, alice.submit("/lending", forged.with("until", tomorrow)).status());
    assertEquals(List.of(), site.people.loans().list());
  }

  @Test
  void atAnAddressNoneIsMade() throws Exception {
    site.close();
    site = Site.open(folder);

    assertTrue(
        site.signedIn(Site.ALICE).open("/passkey").body().contains("Browsers make none here"));
  }

  private SoftPasskey passkey() {
    return new SoftPasskey(site.origin.toString());
  }

  private SoftPasskey withPasskey(Browser person) {
    SoftPasskey passkey = passkey();
    assertEquals(303, make(person, passkey).status());
    return passkey;
  }

  private static Browser.Page make(Browser person, SoftPasskey passkey) {
    Browser.Page page = person.open("/passkey");
    return keep(person, page, passkey.made(making(page)));
  }

  private static Browser.Page keep(Browser person, Browser.Page page, String answer) {
    String csrf = page.field("csrf");
    return person.submit("/passkey", page.form().with("csrf", csrf).with("signature", answer));
  }

  private static Browser.Page approve(
      Browser person, ApprovalRequest request, Browser.Page page, String signature) {
    return person.submit(path(request), page.decision("approve", "").with("signature", signature));
  }

  private static Browser.Page lend(Browser lender, String to, String days) {
    Browser.Page page = lender.open("/lending");
    String csrf = page.field("csrf");
    return lender.submit(
        "/lending", page.form().with("csrf", csrf).with("to", to).with("days", days));
  }

  private static Browser.Page lendSigned(Browser lender, Browser.Page signing, String signature) {
    return lender.submit("/lending", signed(signing, signature));
  }

  private static Browser.Form signed(Browser.Page signing, String signature) {
    return signing
        .form()
        .with("csrf", signing.field("csrf"))
        .with("to", signing.field("to"))
        .with("until", signing.field("until"))
        .with("signature", signature);
  }

  private ApprovalState state(ApprovalRequest request) {
    return site.now(request).state();
  }

  private static String path(ApprovalRequest request) {
    return "/approvals/" + request.id();
  }

  private static String making(Browser.Page page) {
    return options("data-make", page);
  }

  private static String asked(Browser.Page page) {
    return options("data-sign", page);
  }

  private static String options(String attribute, Browser.Page page) {
    Matcher found = Pattern.compile(attribute + "=\"([^\"]*)\"").matcher(page.body());
    assertTrue(found.find(), page.body());
    return found.group(1).replace("&#34;", "\"").replace("&quot;", "\"").replace("&amp;", "&");
  }
}
