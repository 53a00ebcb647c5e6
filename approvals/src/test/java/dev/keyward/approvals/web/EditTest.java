package dev.keyward.approvals.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.ApprovalState;
import dev.keyward.call.ApprovalKind;
import dev.keyward.call.Tier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Changing the arguments of a request on its page.
final class EditTest {
  private static final String ARGUMENTS =
      "{\"deep\":{\"list\":[1,2.5]},\"internal\":true,\"text\":\"hello\\nworld\",\"ticket\":4812}";

  @TempDir Path folder;
  private Site site;
  private ApprovalRequest request;
  private String path;

  @BeforeEach
  void start() throws Exception {
    site = Site.open(folder);
    request = site.ask(ApprovalKind.REVIEW, Tier.WRITE, ARGUMENTS, Optional.empty());
    path = "/approvals/" + request.id();
  }

  @AfterEach
  void stop() {
    site.close();
  }

  @Test
  void aChangedTextIsWhatThePageShowsFromThenOn() {
    Browser alice = site.signedIn(Site.ALICE);

    assertEquals(303, alice.submit(path, edit(alice, "text", "goodbye\r\nall")).status());

    String page = alice.open(path).body();
    assertTrue(page.contains("Changed by alice"));
    assertTrue(page.contains("Changed. The agent asked for:"));
    assertTrue(page.contains("As the agent asked"));
    assertTrue(page.contains("Add a note: goodbye"));
    assertTrue(page.contains("You changed this call, so somebody else has to decide."));
    assertEquals(
        ARGUMENTS.replace("hello\\nworld", "goodbye\\nall"),
        site.now(request).shown().argumentsJson());
  }

  @Test
  void noValueLosesItsType() {
    Browser alice = site.signedIn(Site.ALICE);
    Browser.Form form =
        edit(alice, "ticket", "12.5")
            .with("value:internal", "null")
            .with("value:deep", "{\"list\": [\"1\"]}");

    assertEquals(303, alice.submit(path, form).status());

    assertEquals(
        "{\"deep\":{\"list\":[\"1\"]},\"internal\":null,\"text\":\"hello\\n"
            + "world\",\"ticket\":12.5}",
        site.now(request).shown().argumentsJson());
  }

  @Test
  void whatIsBeingWrittenStaysWhileTheRequestIsKeptOpen() {
    Browser alice = site.signedIn(Site.ALICE);
    Browser.Form writing =
        edit(alice, "text", "half of it").without("reason").with("decision", "prolong");
    site.clock.pass(Duration.ofMinutes(29));

    Browser.Page answer = alice.submit(path, writing);

    assertEquals(200, answer.status());
    assertTrue(answer.body().contains("half of it</textarea>"), answer.body());
    assertTrue(answer.body().contains("It stays open longer"), answer.body());
    assertEquals(Optional.empty(), site.now(request).edit());
    site.clock.pass(Duration.ofMinutes(29));
    assertEquals(303, alice.submit(path, edit(alice, "text", "all of it")).status());
    Browser.Form editor = answer.form().with("csrf", alice.open(path).field("csrf"));
    assertEquals(200, alice.submit(path, editor.with("decision", "prolong")).status());
  }

  @Test
  void theOtherReviewerAgreesToTheChangedCallAndToNoOther() {
    Browser alice = site.signedIn(Site.ALICE);
    Browser bob = site.signedIn(Site.BOB);
    Browser.Form early = bob.open(path).decision("approve", "");
    alice.submit(path, edit(alice, "text", "goodbye"));

    assertEquals(409, bob.submit(path, early).status());
    assertEquals(
        409,
        bob.submit(path, bob.open(path).decision("approve", "").with("digest", digest())).status(),
        "what the agent had asked for");
    assertEquals(303, bob.submit(path, bob.open(path).decision("approve", "")).status());

    assertEquals(ApprovalState.APPROVED, site.now(request).state());
  }

  private String digest() {
    return request.digest().value();
  }

  @Test
  void whatPolicyDoesNotAllowIsNotChangedAndStaysTyped() {
    Browser alice = site.signedIn(Site.ALICE);

    Browser.Page answer = alice.submit(path, edit(alice, "text", "forbidden <b>"));

    assertEquals(422, answer.status());
    assertTrue(answer.body().contains("id=\"edit\" open"));
    assertTrue(answer.body().contains("Policy (no-such-words) does not allow"));
    assertTrue(answer.body().contains("forbidden &lt;b&gt;</textarea>"));
    assertEquals(Optional.empty(), site.now(request).edit());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "12,", "1 2", "{\"a\":1,\"a\":2}", "NaN", "1e999", "9007199254740993"})
  void whatIsNoJsonOrNoExactNumberIsNotTaken(String typed) {
    Browser alice = site.signedIn(Site.ALICE);

    assertEquals(422, alice.submit(path, edit(alice, "ticket", typed)).status());
    assertEquals(Optional.empty(), site.now(request).edit());
  }

  @Test
  void aFormThatChangesNothingIsToldSo() {
    Browser alice = site.signedIn(Site.ALICE);

    Browser.Page answer = alice.submit(path, edit(alice, "text", "hello\r\nworld"));

    assertEquals(422, answer.status());
    assertTrue(answer.body().contains("Nothing in it is different."));
  }

  @Test
  void noArgumentIsAdded() {
    Browser alice = site.signedIn(Site.ALICE);

    alice.submit(path, edit(alice, "text", "goodbye").with("value:public", "true"));

    assertFalse(site.now(request).shown().argumentsJson().contains("public"));
  }

  @Test
  void whoMayNotDecideIsOfferedNothingAndCanChangeNothing() {
    Browser olivia = site.signedIn(Site.OLIVIA);
    Browser alice = site.signedIn(Site.ALICE);
    ApprovalRequest hers = site.confirm("{\"text\":\"hers\"}");
    String hersPath = "/approvals/" + hers.id();

    assertFalse(alice.open(hersPath).body().contains("Change what will be sent"));
    Browser.Page seen = alice.open(hersPath);
    Browser.Form form =
        seen.decision("edit", "").with("digest", hers.digest().value()).with("value:text", "mine");
    assertEquals(403, alice.submit(hersPath, form).status());
    assertEquals(Optional.empty(), site.now(hers).edit());
    assertEquals(303, olivia.submit(hersPath, edit(olivia, hersPath, "text", "better")).status());
  }

  @Test
  void aFormFromElsewhereChangesNothing() {
    Browser alice = site.signedIn(Site.ALICE);
    Browser.Form form = edit(alice, "text", "goodbye").with("csrf", "0".repeat(43));

    assertEquals(403, alice.submit(path, form).status());
    assertEquals(Optional.empty(), site.now(request).edit());
  }

  @Test
  void aPageThatIsNoLongerTrueChangesNothing() {
    Browser alice = site.signedIn(Site.ALICE);
    Browser bob = site.signedIn(Site.BOB);
    Browser.Form late = edit(bob, "text", "late");
    alice.submit(path, edit(alice, "text", "first"));

    assertEquals(409, bob.submit(path, late).status());
    assertEquals(
        409, alice.submit(path, edit(alice, "text", "x").with("view", "0".repeat(64))).status());
    bob.submit(path, bob.open(path).decision("approve", ""));
    Browser.Form after = alice.open(path).decision("edit", "").with("value:text", "after");
    assertEquals(409, alice.submit(path, after.with("digest", digest())).status());

    assertTrue(site.now(request).shown().argumentsJson().contains("first"));
  }

  @Test
  void whatIsNotShownAsItIsStaysAsItIs() {
    ApprovalRequest hidden =
        site.ask(
            ApprovalKind.REVIEW,
            Tier.WRITE,
            "{\"bidi\":\"a\\u202eb\",\"like\":\"\u0430nn\",\"key\":\""
                + Site.CANARY
                + "\",\"long\":\""
                + "x".repeat(2_001)
                + "\",\"text\":\"plain\"}",
            Optional.empty());
    Browser alice = site.signedIn(Site.ALICE);
    String at = "/approvals/" + hidden.id();

    String page = alice.open(at).body();
    assertTrue(page.contains("name=\"value:text\""));
    assertTrue(page.contains("4 more arguments stay as asked"));
    for (String name : new String[] {"bidi", "like", "key", "long"}) {
      assertFalse(page.contains("name=\"value:" + name + "\""), name);
    }
    Browser.Form form =
        edit(alice, at, "text", "other").with("value:key", "mine").with("value:bidi", "ab");
    alice.submit(at, form);

    String now = site.now(hidden).shown().argumentsJson();
    assertEquals(hidden.shown().argumentsJson().replace("plain", "other"), now);
  }

  @Test
  void aSecondLookAtTheEditorsPageOffersTheChangeAgain() {
    Browser alice = site.signedIn(Site.ALICE);
    alice.submit(path, edit(alice, "text", "first"));

    assertTrue(alice.open(path).body().contains("\nfirst</textarea>"));
    assertEquals(303, alice.submit(path, edit(alice, "text", "second")).status());
    assertFalse(site.signedIn(Site.BOB).open(path).body().contains("Change what will be sent"));
  }

  private Browser.Form edit(Browser browser, String name, String value) {
    return edit(browser, path, name, value);
  }

  private static Browser.Form edit(Browser browser, String at, String name, String value) {
    return browser.open(at).decision("edit", "").with("value:" + name, value);
  }
}
