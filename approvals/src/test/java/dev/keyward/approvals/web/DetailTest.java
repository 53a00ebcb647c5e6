package dev.keyward.approvals.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.ApprovalState;
import dev.keyward.call.ApprovalKind;
import dev.keyward.call.Delegator;
import dev.keyward.call.PersonId;
import dev.keyward.call.Tier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class DetailTest {
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
  void itShowsWhoWhatWhereAndWhy() {
    ApprovalRequest request =
        site.ask(
            ApprovalKind.DUAL,
            Tier.DANGEROUS_WRITE,
            "{\"text\":\"hello\"}",
            Optional.of(new Delegator(new PersonId("dora"), true)));

    String page = page(Site.ALICE, request);

    for (String fact :
        List.of(
            "<h1>Add a note to a ticket</h1>",
            "<code>crm.add_note</code> on crm at <code>https://crm.example</code>",
            "Dangerous write",
            "Add a note: hello",
            "<strong>triage-1</strong>",
            "triage, workspace support",
            "<dd>olivia <",
            "dora (verified)",
            "a signed token says so",
            request.subject().caller().run().value(),
            "<code>tier-default</code>",
            "Dual: two independent reviewers",
            "0 of 2 agreed",
            "20 Nov 2026, 13:30:05 UTC",
            "20 Nov 2026, 14:00:05 UTC",
            "A standing key: local:crm#token, which works until somebody changes it.",
            "step-up: none",
            request.digest().value())) {
      assertTrue(page.contains(fact), fact);
    }
  }

  @Test
  void aClaimedDelegatorIsLabelledSo() {
    ApprovalRequest request =
        site.ask(
            ApprovalKind.DUAL,
            Tier.WRITE,
            "{}",
            Optional.of(new Delegator(new PersonId("dora"), false)));

    String page = page(Site.ALICE, request);

    assertTrue(page.contains("dora (only claimed)"));
    assertFalse(page.contains("a signed token says so"));
  }

  @Test
  void everyArgumentIsTypedAndComplete() {
    ApprovalRequest request =
        site.dual(
            """
            {"a_string":"two\\nlines","b_number":12000,"c_flag":false,"d_nothing":null,
             "e_object":{"k":"v\\n","list":[1,2.5]},"f_list":[],"g_empty":""}
            """);

    String page = page(Site.ALICE, request);

    assertEquals(
        List.of(
            "two<span class=\"break\" aria-hidden=\"true\">↵</span>\nlines",
            "12000",
            "false",
            "null",
            "{\n  \"k\": \"v\\n\",\n  \"list\": [\n    1,\n    2.5\n  ]\n}",
            "[]",
            ""),
        values(page));
    assertEquals(
        List.of(
            "string, 9 characters",
            "number",
            "boolean",
            "null",
            "object, 2 fields",
            "array, 0 items",
            "string, 0 characters"),
        found("<span class=\"type\">(.*?)</span>", page));
    assertEquals(
        List.of("a_string", "b_number", "c_flag", "d_nothing", "e_object", "f_list", "g_empty"),
        found("<dt>\\s*<code>(.*?)</code>", page));
  }

  @Test
  void nothingIsCutOff() {
    String longText = "word ".repeat(20_000) + "END";
    ApprovalRequest request = site.dual("{\"text\":\"" + longText + "\"}");

    assertEquals(List.of(longText), values(page(Site.ALICE, request)));
  }

  @Test
  void hostileArgumentsStayText() {
    ApprovalRequest request =
        site.dual(
            """
            {"text":"</pre><script>alert(1)</script>","\\"><img src=x onerror=alert(1)>":"${7*7}",
             "z":{"</pre><b>":"\\" onmouseover=\\"alert(1)"}}
            """);

    String page = page(Site.ALICE, request);

    assertFalse(page.contains("<script>"));
    assertFalse(page.contains("<img src=x"));
    assertFalse(page.contains("<b>"));
    assertTrue(page.contains("&lt;/pre&gt;&lt;script&gt;alert(1)&lt;/script&gt;"));
    assertTrue(page.contains("${7*7}"));
    assertEquals(page.split("<pre ", -1).length, page.split("</pre>", -1).length);
  }

  @Test
  void hiddenCharactersAreShownAsNumbers() {
    ApprovalRequest request =
        site.dual("{\"te\\u200bxt\":\"pay \\u202e001\\u2066\",\"z\":[\"a\\u00a0b\"]}");

    String page = page(Site.ALICE, request);

    for (String code : List.of("U+200B", "U+202E", "U+2066", "U+00A0")) {
      assertTrue(page.contains(">" + code + "</abbr>"), code);
    }
    assertTrue(page.chars().noneMatch(c -> c == 0x200b || c == 0x202e || c == 0x2066 || c == 0xa0));
    assertTrue(page.contains("3 hidden characters"));
    assertTrue(page.contains("title=\"right-to-left override\""));
  }

  @Test
  void lettersThatLookLikeOthersCarryTheirNumbers() {
    ApprovalRequest request =
        site.dual(
            "{\"\u0430mount\":1,\"to\":\"\u0430nn@example.org\",\"z\":[\"p\u0430ypal.com\"]}");
    String letter =
        "<span class=\"like\">\u0430<abbr class=\"chip\" title=\"cyrillic small letter a\">"
            + "U+0430</abbr></span>";

    String page = page(Site.ALICE, request);

    assertTrue(page.contains("<code>" + letter + "mount</code>"));
    assertTrue(page.contains(">" + letter + "nn@example.org</pre>"));
    assertTrue(page.contains("p" + letter + "ypal.com"));
    assertEquals(4, page.split("1 character that looks like another", -1).length);
  }

  @Test
  void textThatLooksLikeOurMarksIsNone() {
    ApprovalRequest request = site.dual("{\"text\":\"U+202E ↵\"}");

    String page = page(Site.ALICE, request);

    assertEquals(List.of("U+202E ↵"), values(page));
    assertFalse(page.contains("<abbr"));
  }

  @Test
  void theScrubberSeesEveryNameAndValue() {
    String secret = Site.CANARY;
    ApprovalRequest request =
        site.dual(
            "{\"text\":\"S\",\"S\":\"x\",\"n\":{\"S\":[\"pre S post\"]}}".replace("S", secret));

    String page = page(Site.ALICE, request);

    assertFalse(page.contains(secret));
    assertTrue(page.contains("pre [redacted] post"));
  }

  @Test
  void whatCannotBeShownCannotBeApproved() {
    ApprovalRequest request = site.dual("{\"a\":\"" + Site.UNSURE + "\"}");
    Browser alice = site.signedIn(Site.ALICE);
    String path = "/approvals/" + request.id();

    Browser.Page page = alice.open(path);

    assertTrue(page.body().contains("This request cannot be inspected"));
    assertFalse(page.body().contains("value=\"approve\""));
    assertFalse(page.body().contains(Site.UNSURE));
    assertEquals(403, alice.submit(path, page.decision("approve", "")).status());
    assertEquals(ApprovalState.PENDING, site.now(request).state());
    assertEquals(303, alice.submit(path, page.decision("deny", "unreadable")).status());
    assertEquals(ApprovalState.DENIED, site.now(request).state());
  }

  @Test
  void enterApprovesNothing() {
    String page = page(Site.ALICE, site.dual("{}"));
    String form = page.substring(page.indexOf("<form method=\"post\" action=\"/approvals/"));

    // HTML, "Implicit submission": Enter presses the first submit button, and nothing if it is
    // disabled; a text area takes Enter for itself.
    List<String> buttons = found("<button ([^>]*)>", form);
    assertEquals("type=\"submit\" disabled hidden", buttons.getFirst());
    assertFalse(form.substring(0, form.indexOf("</form>")).contains("type=\"text\""));
    assertFalse(page.contains("autofocus"));
    assertTrue(form.indexOf("value=\"deny\"") < form.indexOf("value=\"approve\""));
  }

  @Test
  void aSingleOperatorIsToldThatNobodyIsIndependent(@TempDir Path other) throws Exception {
    try (Site single = Site.withASingleOperator(other)) {
      ApprovalRequest request = single.review("{}");

      String page = single.signedIn(Site.ALICE).open("/approvals/" + request.id()).body();

      assertTrue(page.contains("<strong>independence: none</strong>"));
    }
    assertFalse(page(Site.ALICE, site.review("{}")).contains("independence: none"));
  }

  @Test
  void whoMayNotDecideIsToldWhyAndGetsNoButtons() {
    ApprovalRequest request =
        site.ask(ApprovalKind.DUAL, Tier.WRITE, "{}", Optional.of(new Delegator(Site.ALICE, true)));

    String page = page(Site.ALICE, request);

    assertTrue(page.contains("somebody independent has to decide"));
    assertFalse(page.contains("name=\"decision\""));
  }

  @Test
  void earlierDecisionsAreShown() {
    ApprovalRequest request = site.dual("{}");
    Browser alice = site.signedIn(Site.ALICE);
    String path = "/approvals/" + request.id();
    alice.submit(path, alice.open(path).decision("approve", "looks <b>right</b>\u202e"));

    String page = page(Site.BOB, request);

    assertTrue(page.contains("<strong>alice</strong>, reviewer"));
    assertTrue(page.contains("looks &lt;b&gt;right&lt;/b&gt;"));
    assertFalse(page.contains("\u202e"));
    assertTrue(page.contains("independence: independent"));
    assertTrue(page.contains("1 of 2 agreed"));
    assertTrue(page.contains("value=\"approve\""));
  }

  @Test
  void earlierRequestsAreShownToThoseWhoMaySeeThem() {
    ApprovalRequest earlier = site.dual("{\"text\":\"earlier\"}");
    Browser alice = site.signedIn(Site.ALICE);
    String path = "/approvals/" + earlier.id();
    alice.submit(path, alice.open(path).decision("deny", ""));
    ApprovalRequest later = site.confirm("{\"text\":\"later\"}");

    assertTrue(page(Site.BOB, later).contains(earlier.id().value()));
    assertTrue(page(Site.OLIVIA, later).contains("Add a note: later"));
    assertFalse(page(Site.OLIVIA, later).contains(earlier.id().value()));
  }

  @Test
  void whoHasAgreedIsNotAskedAgain() {
    ApprovalRequest request = site.dual("{}");
    Browser alice = site.signedIn(Site.ALICE);
    String path = "/approvals/" + request.id();
    alice.submit(path, alice.open(path).decision("approve", ""));

    String page = alice.open(path).body();

    assertTrue(page.contains("You have approved this already."));
    assertFalse(page.contains("name=\"decision\""));
  }

  @Test
  void anExpiredRequestTakesNoDecision() {
    ApprovalRequest request = site.dual("{}");
    Browser alice = site.signedIn(Site.ALICE);
    site.clock.pass(Duration.ofMinutes(20));
    alice.open("/approvals");
    site.clock.pass(Duration.ofMinutes(10));

    String page = alice.open("/approvals/" + request.id()).body();

    assertTrue(page.contains("Time ran out."));
    assertFalse(page.contains("name=\"decision\""));
  }

  @Test
  void aMemberDoesNotLearnThatSomebodyElsesRequestExists() {
    ApprovalRequest request = site.confirm("{}");
    Browser mallory = site.signedIn(Site.MALLORY);

    Browser.Page theirs = mallory.open("/approvals/" + request.id());
    Browser.Page none = mallory.open("/approvals/apr_" + "0".repeat(26));

    assertEquals(404, theirs.status());
    assertEquals(none.body(), theirs.body());
  }

  @Test
  void aNameThatIsNoneIsNotFound() {
    Browser alice = site.signedIn(Site.ALICE);

    assertEquals(404, alice.open("/approvals/").status());
    assertEquals(404, alice.open("/approvals/x").status());
    assertEquals(404, alice.open("/approvals/x/y").status());
  }

  @ParameterizedTest
  @EnumSource(ApprovalState.class)
  void everyStateHasItsOwnWords(ApprovalState state) {
    Badge badge = Badge.of(state);

    long same =
        List.of(ApprovalState.values()).stream()
            .filter(other -> Badge.of(other).words().equals(badge.words()))
            .count();
    assertEquals(1, same);
    assertFalse(badge.sign().isEmpty());
  }

  @Test
  void headingsStandInOrder() {
    String page = page(Site.ALICE, site.dual("{}"));

    List<String> levels = found("<h([1-6])", page);

    assertEquals("1", levels.getFirst());
    assertTrue(levels.subList(1, levels.size()).stream().allMatch("2"::equals));
    assertTrue(page.contains("<html lang=\"en\">"));
    assertTrue(page.contains("<label for=\"reason\">"));
  }

  private String page(PersonId person, ApprovalRequest request) {
    return site.signedIn(person).open("/approvals/" + request.id()).body();
  }

  private static List<String> values(String page) {
    return found("<pre class=\"value\">(.*?)</pre>", page).stream()
        .map(html -> html.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
        .toList();
  }

  private static List<String> found(String regex, String page) {
    return Pattern.compile(regex, Pattern.DOTALL)
        .matcher(page)
        .results()
        .map((MatchResult result) -> result.group(1))
        .toList();
  }
}
