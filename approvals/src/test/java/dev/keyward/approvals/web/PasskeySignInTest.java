package dev.keyward.approvals.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.ApprovalState;
import dev.keyward.approvals.Role;
import dev.keyward.call.PersonId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Whoever has made a passkey comes back with it: their own, here, now, in the browser that asked.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PasskeySignInTest {
  private static final String PATH = "/sign-in/passkey";
  private static final String CHALLENGE = PATH + "/challenge";

  private final AtomicInteger people = new AtomicInteger();
  private Site site;

  /// Somebody with a passkey.
  private record Holder(PersonId person, SoftPasskey passkey) {}

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    site = Site.withPasskeys(folder, false);
  }

  @AfterAll
  void stop() {
    site.close();
  }

  /// What other tests have left open is over.
  @BeforeEach
  void later() {
    site.clock.pass(PasskeyAttempts.LIFETIME);
  }

  @Test
  void aPasskeySignsItsPersonIn() {
    Holder holder = holder();
    Browser browser = site.stranger();
    assertTrue(browser.open("/approvals").body().contains("Sign in with a passkey"));

    Browser.Page answer = signIn(browser, holder.passkey);

    assertEquals(303, answer.status());
    assertEquals("/approvals", answer.header("Location"));
    assertTrue(browser.open("/approvals").body().contains(holder.person.value()));
    assertEquals(1, browser.cookie().split("; ", -1).length, "only the session's cookie is left");
  }

  @Test
  void whoWantedToSeeARequestIsLedBackToItAndNowhereElse() {
    SoftPasskey passkey = holder().passkey;
    String request = path(site.confirm("{\"text\":\"wanted\"}"));

    assertEquals(request, ledTo(passkey, site.origin + request));
    assertEquals("/approvals", ledTo(passkey, site.origin + "/approvals"));
    assertEquals("/approvals", ledTo(passkey, site.origin + "/sign-in/passkey"));
    assertEquals("/approvals", ledTo(passkey, site.origin + request + "/../../sign-out"));
    assertEquals("/approvals", ledTo(passkey, site.origin + "/approvals//evil.example"));
    assertEquals(request, ledTo(passkey, "https://evil.example" + request), "still ours");
  }

  private String ledTo(SoftPasskey passkey, String referer) {
    Browser browser = site.stranger();
    String answer = passkey.signed(begin(browser).body());
    String form = new Browser.Form(List.of()).with("signature", answer).encoded();
    return browser
        .post(PATH, form, "Origin", site.origin.toString(), "Referer", referer)
        .header("Location");
  }

  @Test
  void theCookieOfAnAttemptIsForThisSiteAndNoScript() {
    String cookie = begin(site.stranger()).header("Set-Cookie");

    assertTrue(
        cookie.matches(
            "keyward_passkey=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Strict; Max-Age=120"),
        cookie);
  }

  @Test
  void nobodyIsAskedForAndEveryBrowserHasAChallengeOfItsOwn() {
    holder();
    Browser.Page begun = begin(site.stranger());
    JsonNode one = options(begun);
    JsonNode other = options(begin(site.stranger()));

    assertEquals("required", one.path("userVerification").asString());
    assertEquals("localhost", one.path("rpId").asString());
    assertTrue(
        one.path("allowCredentials").isMissingNode() || one.path("allowCredentials").isEmpty());
    assertNotEquals(one.path("challenge"), other.path("challenge"));
    assertEquals("application/json", begun.header("Content-Type"));
    assertEquals("no-store", begun.header("Cache-Control"));
    assertFalse(begun.body().contains(begun.header("Set-Cookie").split("[=;]", -1)[1]));
  }

  @Test
  void whyNobodyIsSignedInLooksTheSame() {
    Holder holder = holder();
    Holder removed = holder();
    site.people.remove(removed.person);
    Holder outsider = holder();
    site.people.bind(outsider.person, "https://sso.example", outsider.person.value());
    Holder forgotten = holder();
    site.people.forgetPasskey(forgotten.person);
    Holder nobody = holder(Set.of());

    String unknown = refused(new SoftPasskey(site.origin.toString()));
    assertEquals(unknown, refused(removed.passkey));
    assertEquals(unknown, refused(outsider.passkey));
    assertEquals(unknown, refused(forgotten.passkey));
    assertEquals(unknown, refused(nobody.passkey));
    assertEquals(unknown, refused(holder.passkey.withoutVerifying()));
    assertFalse(unknown.contains(outsider.person.value()));
  }

  @Test
  void whatAnotherPlaceHadSignedSignsNobodyIn() {
    refused(holder().passkey.at("https://evil.example"));
    refused(holder().passkey.at("http://localhost"));
    refused(holder().passkey.at(site.origin.toString().replace("localhost", "127.0.0.1")));
    refused(holder().passkey.forSite("evil.example"));
    refused(holder().passkey.forSite("127.0.0.1"));
  }

  @Test
  void anAnswerCountsOnce() {
    Holder holder = holder();
    Browser browser = site.stranger();
    Browser.Page begun = begin(browser);
    String attempt = browser.cookie();
    String answer = holder.passkey.signed(begun.body());
    assertEquals(303, send(browser, answer).status());
    String session = browser.cookie();

    Browser thief = site.stranger();
    thief.carry(attempt);
    assertEquals(403, send(thief, answer).status());

    assertEquals("", thief.cookie());
    browser.carry(session);
    assertEquals(200, browser.open("/approvals").status());
  }

  @Test
  void anAttemptEndsWithItsFirstAnswerWhateverThatIs() {
    Holder holder = holder();
    Browser browser = site.stranger();
    String options = begin(browser).body();
    String attempt = browser.cookie();
    assertEquals(403, send(browser, "{}").status());

    browser.carry(attempt);
    assertEquals(403, send(browser, holder.passkey.signed(options)).status());
  }

  @Test
  void anAnswerInTimeCountsAndALaterOneDoesNot() {
    Holder holder = holder();
    Browser early = site.stranger();
    Browser late = site.stranger();
    String earlyAnswer = holder.passkey.signed(begin(early).body());
    String lateAnswer = holder.passkey.signed(begin(late).body());

    site.clock.pass(PasskeyAttempts.LIFETIME.minusMillis(1));
    assertEquals(303, send(early, earlyAnswer).status());
    site.clock.pass(Duration.ofMillis(1));

    assertEquals(403, send(late, lateAnswer).status());
  }

  @Test
  void anAnswerCountsInTheBrowserThatAskedOnly() {
    Holder holder = holder();
    Browser asked = site.stranger();
    Browser other = site.stranger();
    String answer = holder.passkey.signed(begin(asked).body());
    begin(other);

    assertEquals(403, send(other, answer).status());
    assertEquals(403, send(site.stranger(), answer).status());
    Browser both = site.stranger();
    begin(both);
    both.carry(both.cookie() + "; " + asked.cookie());
    assertEquals(403, send(both, answer).status());

    assertEquals(303, send(asked, answer).status());
  }

  @Test
  void aTokenThatABrowserMadeUpIsNoAttempt() {
    Holder holder = holder();
    Browser alice = site.signedIn(Site.ALICE);
    Browser browser = site.stranger();
    String answer = holder.passkey.signed(begin(browser).body());

    browser.carry("keyward_passkey=" + "A".repeat(43));
    assertEquals(403, send(browser, answer).status());
    browser.carry(alice.cookie().replace("keyward_session", "keyward_passkey"));
    assertEquals(403, send(browser, answer).status());
    assertEquals(401, browser.open("/approvals").status());
  }

  @Test
  void anAttemptOpensNoPage() {
    Browser browser = site.stranger();
    begin(browser);
    String attempt = browser.cookie();

    assertEquals(401, browser.open("/approvals").status());
    browser.carry(attempt.replace("keyward_passkey", "keyward_session"));
    assertEquals(401, browser.open("/approvals").status());
  }

  @Test
  void aSessionThatSomebodyPlantedIsNotTheOneThatIsSignedIn() {
    Holder holder = holder();
    Browser attacker = site.signedIn(Site.MALLORY);
    String planted = attacker.cookie();
    Browser victim = site.stranger();
    victim.carry(planted);

    assertEquals(303, signIn(victim, holder.passkey).status());

    assertNotEquals(planted, victim.cookie());
    assertTrue(victim.open("/approvals").body().contains(holder.person.value()));
    assertEquals(401, attacker.open("/approvals").status());
  }

  @Test
  void anAnswerFromAnotherSiteSignsNobodyIn() {
    Holder attacker = holder();
    Browser victim = site.stranger();
    String answer = attacker.passkey.signed(begin(victim).body());
    String form = new Browser.Form(List.of()).with("signature", answer).encoded();

    for (String[] from :
        new String[][] {
          {"Origin", "https://evil.example"},
          {"Origin", "null"},
          {"Sec-Fetch-Site", "cross-site"},
          {"X-Nothing", "said"}
        }) {
      assertEquals(403, victim.post(PATH, form, from).status());
      assertEquals(403, victim.post(CHALLENGE, "", from).status());
    }
    assertEquals(401, victim.open("/approvals").status());
  }

  @Test
  void whoeverTakesAnothersPasskeyForTheirOwnIsNobody() {
    Holder holder = holder();
    Holder other = holder();
    Browser browser = site.stranger();
    ObjectNode ours = answer(holder.passkey.signed(begin(browser).body()));
    ObjectNode theirs = answer(other.passkey.signed(begin(site.stranger()).body()));

    ours.set("id", theirs.get("id"));
    ours.set("rawId", theirs.get("rawId"));
    assertEquals(403, send(browser, ours.toString()).status());

    ObjectNode mine = answer(holder.passkey.signed(begin(browser).body()));
    ((ObjectNode) mine.get("response")).set("userHandle", theirs.get("response").get("userHandle"));
    assertEquals(403, send(browser, mine.toString()).status());

    ObjectNode silent = answer(holder.passkey.signed(begin(browser).body()));
    ((ObjectNode) silent.get("response")).remove("userHandle");
    assertEquals(403, send(browser, silent.toString()).status());
    assertEquals(401, browser.open("/approvals").status());
  }

  @Test
  void whatWasSignedForADecisionSignsNobodyIn() {
    Holder holder = holder(Set.of(Role.MEMBER, Role.REVIEWER));
    Browser reviewer = site.signedIn(holder.person);
    ApprovalRequest request = site.dual("{\"text\":\"signed to decide\"}");
    String decision = holder.passkey.signed(asked(reviewer.open(path(request))));
    Browser thief = site.stranger();
    begin(thief);

    assertEquals(403, send(thief, decision).status());

    assertEquals(401, thief.open("/approvals").status());
  }

  @Test
  void whatWasSignedToComeInApprovesNothing() {
    Holder holder = holder(Set.of(Role.MEMBER, Role.REVIEWER));
    ApprovalRequest request = site.dual("{\"text\":\"signed to come in\"}");
    Browser browser = site.stranger();
    String signed = holder.passkey.signed(begin(browser).body());
    assertEquals(303, send(browser, signed).status());
    Browser.Page page = browser.open(path(request));

    Browser.Page answer =
        browser.submit(path(request), page.decision("approve", "").with("signature", signed));

    assertEquals(403, answer.status());
    assertEquals(ApprovalState.PENDING, site.now(request).state());
  }

  @Test
  void whatWasMadeOrSignedForAnythingElseIsNoPasskeyAndNoSignIn() {
    Holder holder = holder();
    Browser browser = site.stranger();
    String options = begin(browser).body();
    Browser newcomer = site.signedIn(person(Set.of(Role.MEMBER)));
    String making = making(newcomer.open("/passkey"));
    var theirs = new SoftPasskey(site.origin.toString());

    assertEquals(409, keep(newcomer, theirs.signed(making)).status());
    assertEquals(409, keep(newcomer, holder.passkey.signed(options)).status());
    assertEquals(403, send(browser, theirs.made(making)).status());
  }

  @Test
  void whoHasBeenSignedInSoApprovesDangerousCallsLikeAnybody() {
    Holder holder = holder(Set.of(Role.MEMBER, Role.REVIEWER));
    ApprovalRequest request = site.dual("{\"text\":\"dangerous\"}");
    Browser browser = site.stranger();
    signIn(browser, holder.passkey);
    Browser.Page page = browser.open(path(request));

    assertFalse(page.body().contains("Approve this once"));
    assertEquals(403, browser.submit(path(request), page.decision("approve", "")).status());
    String signed = holder.passkey.signed(asked(page));
    assertEquals(
        303,
        browser
            .submit(path(request), page.decision("approve", "").with("signature", signed))
            .status());
  }

  @Test
  void whoHasNoneIsToldJustAfterSigningInThatOneWouldSaveTheNextLink() {
    String told = "make yours now";
    PersonId person = person(Set.of(Role.MEMBER));
    Browser browser = site.signedIn(person);
    assertTrue(browser.open("/approvals").body().contains(told));
    Browser late = site.signedIn(person(Set.of(Role.MEMBER)));
    PersonId outsider = person(Set.of(Role.MEMBER));
    site.people.bind(outsider, "https://sso.example", outsider.value());

    keep(browser, new SoftPasskey(site.origin.toString()).made(making(browser.open("/passkey"))));
    site.clock.pass(SqlPeople.FRESH);

    assertFalse(browser.open("/approvals").body().contains(told));
    assertFalse(late.open("/approvals").body().contains(told));
    assertFalse(site.signedIn(outsider).open("/approvals").body().contains(told));
    assertFalse(site.signedIn(person).open("/approvals").body().contains(told));
  }

  @Test
  void fromOneAddressOnlySoManyBegin() {
    Browser browser = site.stranger();
    for (int i = 0; i < PasskeyAttempts.MOST_OF_AN_ADDRESS; i++) {
      assertEquals(200, begin(browser).status());
    }

    assertEquals(429, begin(browser).status());

    site.clock.pass(PasskeyAttempts.LIFETIME);
    assertEquals(200, begin(browser).status());
  }

  @Test
  void brokenFormsAreRefusedLikeAnyAndOtherAddressesAreNothing() {
    Browser browser = site.stranger();

    assertEquals(401, browser.open(PATH).status());
    assertEquals(404, browser.open(CHALLENGE).status());
    assertEquals(404, browser.submit(PATH + "/else", new Browser.Form(List.of())).status());
    begin(browser);
    assertEquals(422, browser.post(PATH, "%", "Origin", site.origin.toString()).status());
    for (String broken : new String[] {"", "{}", "[]", "null", "not JSON"}) {
      begin(browser);
      assertEquals(403, send(browser, broken).status(), broken);
    }
  }

  @Test
  void whereBrowsersMakeNoneNoneIsAskedFor(@TempDir Path other) throws Exception {
    try (Site address = Site.open(other)) {
      assertFalse(address.stranger().open("/approvals").body().contains("passkey"));
      assertNotEquals(200, begin(address.stranger()).status());
    }
  }

  private Holder holder() {
    return holder(Set.of(Role.MEMBER));
  }

  private Holder holder(Set<Role> roles) {
    PersonId person = person(roles);
    Browser browser = site.signedIn(person);
    var passkey = new SoftPasskey(site.origin.toString());
    assertEquals(303, keep(browser, passkey.made(making(browser.open("/passkey")))).status());
    return new Holder(person, passkey);
  }

  private PersonId person(Set<Role> roles) {
    var person = new PersonId("holder-" + people.incrementAndGet());
    site.people.add(person, roles);
    return person;
  }

  private static Browser.Page keep(Browser person, String answer) {
    Browser.Page page = person.open("/passkey");
    String csrf = page.field("csrf");
    return person.submit("/passkey", page.form().with("csrf", csrf).with("signature", answer));
  }

  private static Browser.Page begin(Browser browser) {
    return browser.submit(CHALLENGE, new Browser.Form(List.of()));
  }

  private static Browser.Page send(Browser browser, String answer) {
    return browser.submit(PATH, new Browser.Form(List.of()).with("signature", answer));
  }

  private static Browser.Page signIn(Browser browser, SoftPasskey passkey) {
    return send(browser, passkey.signed(begin(browser).body()));
  }

  /// {@return the page that says no}
  private String refused(SoftPasskey passkey) {
    Browser browser = site.stranger();
    Browser.Page answer = signIn(browser, passkey);
    assertEquals(403, answer.status());
    assertEquals("", browser.cookie());
    assertEquals(401, browser.open("/approvals").status());
    return answer.body();
  }

  private static JsonNode options(Browser.Page begun) {
    return JsonMapper.shared().readTree(begun.body()).path("publicKey");
  }

  private static ObjectNode answer(String json) {
    return (ObjectNode) JsonMapper.shared().readTree(json);
  }

  private static String path(ApprovalRequest request) {
    return "/approvals/" + request.id();
  }

  private static String making(Browser.Page page) {
    return attribute("data-make", page).orElseThrow();
  }

  private static String asked(Browser.Page page) {
    return attribute("data-sign", page).orElseThrow();
  }

  private static Optional<String> attribute(String name, Browser.Page page) {
    Matcher found = Pattern.compile(name + "=\"([^\"]*)\"").matcher(page.body());
    return found.find()
        ? Optional.of(found.group(1).replace("&#34;", "\"").replace("&amp;", "&"))
        : Optional.empty();
  }
}
