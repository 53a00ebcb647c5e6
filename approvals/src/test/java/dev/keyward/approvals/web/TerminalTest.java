package dev.keyward.approvals.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.ApprovalState;
import dev.keyward.call.CanonicalJson;
import dev.keyward.call.PersonId;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A terminal decides as its person does on the page, and gets in by their hand only.
final class TerminalTest {
  private static final String ARGUMENTS = "{\"text\":\"hello\"}";

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

  @Test
  void aPersonReadsWhichTerminalItIsBeforeTheyLetItIn() {
    Browser alice = site.signedIn(Site.ALICE);
    JsonNode begun = begin("keyward 1.0", "laptop\u202egnp.exe");

    Browser.Page asked = typed(alice, code(begun), "");

    assertEquals(200, asked.status());
    assertTrue(asked.body().contains("keyward 1.0"));
    assertTrue(asked.body().contains("U+202E"), "what is hidden in its name is seen");
    assertTrue(asked.body().contains("It would act as alice"));
    assertEquals("authorization_pending", fetch(begun).path("error").asString(""));
    assertEquals(200, typed(alice, code(begun), "let_in").status());
    assertEquals("alice", fetch(begun).path("person").asString(""));
    assertTrue(alice.open("/sessions").body().contains("A terminal"));
  }

  @Test
  void aPreparedLinkLetsNothingIn() {
    Browser alice = site.signedIn(Site.ALICE);
    JsonNode begun = begin("keyward", "evil");
    String query = "?code=" + code(begun) + "&answer=let_in";

    Browser.Page opened = alice.open("/terminal" + query);
    String csrf = opened.field("csrf");

    assertFalse(opened.body().contains(code(begun)), "no link fills the code in");
    assertEquals(422, alice.submit("/terminal" + query, opened.form().with("csrf", csrf)).status());
    var foreign = opened.form().with("code", code(begun)).with("answer", "let_in");
    assertEquals(403, alice.submit("/terminal", foreign).status());
    assertEquals(
        403,
        alice
            .post(
                "/terminal", foreign.with("csrf", csrf).encoded(), "Origin", "https://evil.example")
            .status());
    assertEquals("authorization_pending", fetch(begun).path("error").asString(""));
  }

  @Test
  void aTerminalDecidesOnWhatItWasShown() {
    Browser.Form none = site.stranger().open("/").form();
    String alice = terminal(Site.ALICE);
    ApprovalRequest request = site.review("{\"text\":\"a\\u202eb\\u0007\\u001b[2J\"}");
    JsonNode shown = get(alice, path(request));

    assertEquals("a[U+202E]b[U+0007][U+001B][2J", argument(shown));
    assertEquals(CanonicalJson.sha256(shown.path("document")), shown.path("view").asString(""));
    String page = site.signedIn(Site.ALICE).open("/approvals/" + request.id()).view();
    assertEquals(page, shown.path("view").asString(""), "the very view that the page renders");
    Browser.Page answered = decide(alice, request, form(none, shown, "approve"));

    assertEquals(200, answered.status(), answered.body());
    assertEquals(ApprovalState.APPROVED, site.now(request).state());
    assertEquals(page, site.now(request).decisions().getFirst().view());
    assertEquals(409, decide(terminal(Site.BOB), request, form(none, shown, "deny")).status());
  }

  @Test
  void aLetterThatLooksLikeAnotherIsPartOfWhatIsDecidedOn() {
    String alice = terminal(Site.ALICE);

    JsonNode latin = get(alice, path(site.review("{\"text\":\"ann@example.org\"}")));
    JsonNode cyrillic = get(alice, path(site.review("{\"text\":\"\u0430nn@example.org\"}")));

    assertEquals("ann@example.org", argument(latin));
    assertEquals("\u0430[U+0430]nn@example.org", argument(cyrillic));
    assertEquals(
        CanonicalJson.sha256(cyrillic.path("document")), cyrillic.path("view").asString(""));
    assertNotEquals(latin.path("view"), cyrillic.path("view"));
  }

  @Test
  void aTextThatSpellsTheNumberOfALetterIsAnotherThanTheLetter() {
    String alice = terminal(Site.ALICE);

    JsonNode letter = get(alice, path(site.review("{\"text\":\"\u0430dmin\"}")));
    JsonNode spelled = get(alice, path(site.review("{\"text\":\"\u0430[U+0430]dmin\"}")));

    assertEquals("\u0430[U+0430]dmin", argument(letter));
    assertEquals("\u0430[U+005B]U+0430]dmin", argument(spelled));
  }

  @Test
  void whatWasShownOfAnotherRequestOrBeforeAChangeApprovesNothing() {
    Browser.Form none = site.stranger().open("/").form();
    String alice = terminal(Site.ALICE);
    ApprovalRequest harmless = site.review("{\"text\":\"harmless\"}");
    ApprovalRequest other = site.review(ARGUMENTS);
    JsonNode shown = get(alice, path(harmless));

    assertEquals(409, decide(alice, other, form(none, shown, "approve")).status());
    Browser.Form mixed =
        form(none, shown, "approve")
            .with("digest", get(alice, path(other)).path("digest").asString(""));
    assertEquals(409, decide(alice, other, mixed).status());
    assertEquals(422, decide(alice, other, mixed.without("view")).status());

    assertEquals(ApprovalState.PENDING, site.now(other).state());
  }

  @Test
  void theSameRulesHoldAsOnThePage() {
    Browser.Form none = site.stranger().open("/").form();
    String olivia = terminal(Site.OLIVIA);
    String mallory = terminal(Site.MALLORY);
    ApprovalRequest review = site.review(ARGUMENTS);
    ApprovalRequest confirm = site.confirm("{\"text\":\"mine\"}");

    assertEquals(404, request(olivia, path(review)).status());
    assertEquals(404, request(mallory, path(confirm)).status());
    JsonNode shown = get(olivia, path(confirm));
    assertEquals(200, decide(olivia, confirm, form(none, shown, "approve")).status());
    assertEquals(ApprovalState.APPROVED, site.now(confirm).state());
  }

  @Test
  void whoseBorrowerHasAgreedIsToldSoAtATerminalToo() {
    Browser.Form none = site.stranger().open("/").form();
    String alice = terminal(Site.ALICE);
    String mallory = terminal(Site.MALLORY);
    site.people.loans().lend(Site.ALICE, Site.MALLORY, Duration.ofDays(1));
    ApprovalRequest dual = site.dual(ARGUMENTS);
    assertEquals("you", get(alice, "").at("/requests/0/waits_for").asString(""));

    JsonNode shown = get(mallory, path(dual));
    assertEquals(200, decide(mallory, dual, form(none, shown, "approve")).status());

    String used = "Your place is used: mallory approved in it";
    JsonNode listed = get(alice, "").at("/requests/0");
    assertEquals("others", listed.path("waits_for").asString(""));
    assertEquals(used, listed.path("note").asString(""));
    assertTrue(get(alice, path(dual)).path("notices").toString().contains(used));
  }

  @Test
  void whatTakesAPasskeyIsDeniedAtATerminalButNotApproved() throws Exception {
    site.close();
    site = Site.withPasskeys(folder, true);
    Browser.Form none = site.stranger().open("/").form();
    String alice = terminal(Site.ALICE);
    ApprovalRequest request = site.dual(ARGUMENTS);
    JsonNode shown = get(alice, path(request));

    assertFalse(shown.path("may_approve").asBoolean(true));
    assertTrue(shown.path("page").asString("").endsWith("/approvals/" + request.id()));
    Browser.Form approve = form(none, shown, "approve");
    assertEquals(403, decide(alice, request, approve).status());
    assertEquals(403, decide(alice, request, approve.with("signature", "{}")).status());
    assertEquals(ApprovalState.PENDING, site.now(request).state());
    assertEquals(200, decide(alice, request, form(none, shown, "deny")).status());
  }

  @Test
  void aDenialAtATerminalStopsTheRunIfItSaysSo() {
    Browser.Form none = site.stranger().open("/").form();
    String alice = terminal(Site.ALICE);
    ApprovalRequest request = site.review(ARGUMENTS);

    decide(alice, request, form(none, get(alice, path(request)), "deny_stop_run"));

    assertEquals(ApprovalState.DENIED, site.now(request).state());
    assertEquals(1, site.stopped.size());
  }

  @Test
  void aTerminalKeepsARequestOpen() {
    Browser.Form none = site.stranger().open("/").form();
    ApprovalRequest request = site.review(ARGUMENTS);
    String alice = terminal(Site.ALICE);
    site.clock.pass(Duration.ofMinutes(20));

    assertTrue(get(alice, path(request)).has("may_prolong_until"));
    Browser.Page answered = decide(alice, request, none.with("decision", "prolong"));

    assertEquals(200, answered.status(), answered.body());
    assertEquals(site.clock.instant().plus(Duration.ofMinutes(30)), site.now(request).expires());
    assertEquals(ApprovalState.PENDING, site.now(request).state());
    ApprovalRequest mine = site.confirm("{\"text\":\"mine\"}");
    assertFalse(get(alice, path(mine)).has("may_prolong_until"));
    assertEquals(403, decide(alice, mine, none.with("decision", "prolong")).status());
  }

  @Test
  void aTokenIsNoCookieAndACookieNoToken() {
    Browser alice = site.signedIn(Site.ALICE);
    String token = terminal(Site.ALICE);
    Browser thief = site.stranger();

    thief.carry("keyward_session=" + token);
    assertEquals(401, thief.open("/approvals").status());
    String cookie = alice.cookie().split("=", 2)[1];
    assertEquals(401, request(cookie, "").status());
    assertEquals(
        401, site.stranger().open("/approvals", "Authorization", "Bearer " + token).status());
  }

  @Test
  void noPageSpeaksForATerminal() {
    String token = terminal(Site.ALICE);
    String path = "/from-terminal/approvals";

    for (String header : new String[] {"Origin", "Sec-Fetch-Site", "Cookie"}) {
      assertEquals(
          403,
          site.stranger().open(path, "Authorization", "Bearer " + token, header, "x=y").status());
    }
    assertEquals(200, request(token, "").status());
  }

  @Test
  void anEndedTerminalAndARemovedPersonsAreOver() {
    String ended = terminal(Site.ALICE);
    String removed = terminal(Site.BOB);
    String left = terminal(Site.ALICE);
    Browser alice = site.signedIn(Site.ALICE);
    ApprovalRequest request = site.review(ARGUMENTS);
    JsonNode shown = get(removed, path(request));
    Browser.Form approve = form(alice.open("/sessions").form(), shown, "approve");

    site.stranger().post("/from-terminal/sign-out", "", "Authorization", "Bearer " + left);
    site.people.remove(Site.BOB);
    Browser.Page sessions = alice.open("/sessions");
    String csrf = sessions.field("csrf");
    alice.submit("/sessions", sessions.form().with("csrf", csrf).with("end", "others"));

    for (String token : new String[] {ended, removed, left}) {
      assertEquals(401, request(token, "").status());
      assertEquals(401, decide(token, request, approve).status());
      assertEquals(401, site.stranger().open("/from-terminal/live", bearer(token)).status());
    }
    assertEquals(ApprovalState.PENDING, site.now(request).state());
  }

  @Test
  void whatIsSecretIsNotShownAtATerminalEither() {
    String alice = terminal(Site.ALICE);
    site.review("{\"text\":\"" + Site.CANARY + "\"}");
    ApprovalRequest unsure = site.review("{\"text\":\"" + Site.UNSURE + "\"}");

    String queue = request(alice, "").body();
    JsonNode shown = get(alice, path(unsure));

    assertFalse(queue.contains(Site.CANARY) || queue.contains(Site.UNSURE), queue);
    assertFalse(shown.toString().contains(Site.UNSURE));
    assertFalse(shown.path("may_approve").asBoolean(true));
    assertTrue(shown.path("may_deny").asBoolean(false));
  }

  private JsonNode begin(String client, String host) {
    Browser.Form form = site.stranger().open("/").form().with("client", client).with("host", host);
    return json(site.stranger().post("/from-terminal/login", form.encoded()));
  }

  private static String code(JsonNode begun) {
    return begun.path("user_code").asString("");
  }

  private static Browser.Page typed(Browser person, String code, String answer) {
    Browser.Page page = person.open("/terminal");
    Browser.Form form = page.form().with("csrf", page.field("csrf")).with("code", code);
    return person.submit("/terminal", answer.isEmpty() ? form : form.with("answer", answer));
  }

  private JsonNode fetch(JsonNode begun) {
    Browser.Form form =
        site.stranger()
            .open("/")
            .form()
            .with("device_code", begun.path("device_code").asString(""));
    return json(site.stranger().post("/from-terminal/token", form.encoded()));
  }

  /// {@return the token of a terminal that this person has let in}
  private String terminal(PersonId person) {
    JsonNode begun = begin("keyward", "laptop");
    typed(site.signedIn(person), code(begun), "let_in");
    return fetch(begun).path("access_token").asString("");
  }

  private Browser.Page request(String token, String path) {
    return site.stranger().open("/from-terminal/approvals" + path, bearer(token));
  }

  private JsonNode get(String token, String path) {
    return json(request(token, path));
  }

  private Browser.Page decide(String token, ApprovalRequest request, Browser.Form form) {
    return site.stranger()
        .post("/from-terminal/approvals" + path(request), form.encoded(), bearer(token));
  }

  private static Browser.Form form(Browser.Form none, JsonNode shown, String decision) {
    return none.with("decision", decision)
        .with("reason", "")
        .with("digest", shown.path("digest").asString(""))
        .with("view", shown.path("view").asString(""));
  }

  private static String argument(JsonNode shown) {
    return shown.at("/document/arguments/0/value").asString("");
  }

  private static String[] bearer(String token) {
    return new String[] {"Authorization", "Bearer " + token};
  }

  private static String path(ApprovalRequest request) {
    return "/" + request.id();
  }

  private static JsonNode json(Browser.Page page) {
    return JsonMapper.shared().readTree(page.body());
  }
}
