package dev.keyward.approvals.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.ApprovalState;
import dev.keyward.approvals.Decision;
import dev.keyward.call.ApprovalKind;
import dev.keyward.call.Delegator;
import dev.keyward.call.PersonId;
import dev.keyward.call.Tier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// One decision for many requests, and what it must not be used for.
final class TogetherTest {
  @TempDir Path folder;
  private Site site;
  private Browser alice;

  @BeforeEach
  void start() throws Exception {
    site = Site.open(folder);
    alice = site.signedIn(Site.ALICE);
  }

  @AfterEach
  void stop() {
    site.close();
  }

  @Test
  void whatIsSelectedIsShownInFullAndDeniedEachByItself() {
    ApprovalRequest one = note("one");
    ApprovalRequest dangerous = site.dual("{\"text\":\"two\"}");
    ApprovalRequest other = note("three");

    Browser.Page page = alice.open("/together?pick=" + one.id() + "&pick=" + dangerous.id());
    assertTrue(page.body().contains("<pre class=\"value\">one</pre>"));
    assertTrue(page.body().contains("<pre class=\"value\">two</pre>"));
    Browser.Page answer = alice.submit("/together", page.together("deny", "a mistake"));

    assertEquals(303, answer.status());
    for (ApprovalRequest denied : new ApprovalRequest[] {one, dangerous}) {
      Decision decision = site.now(denied).decisions().getFirst();
      assertEquals(ApprovalState.DENIED, site.now(denied).state());
      assertEquals("a mistake", decision.reason());
      assertFalse(decision.view().isEmpty());
    }
    assertEquals(ApprovalState.PENDING, site.now(other).state());
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "agent"})
  void allOfARunOrAgentIsDecidedTogether(String by) {
    ApprovalRequest one = note("one");
    ApprovalRequest two = note("two");
    String name =
        by.equals("run")
            ? one.subject().caller().run().value()
            : one.subject().caller().agent().value();

    Browser.Page page = alice.open("/together?" + by + "=" + name);
    assertEquals(2, page.items().size());
    alice.submit("/together", page.together("deny", ""));

    assertEquals(ApprovalState.DENIED, site.now(one).state());
    assertEquals(ApprovalState.DENIED, site.now(two).state());
  }

  @Test
  void plainCallsOfOneToolAreApprovedTogether() {
    ApprovalRequest one = note("one");
    ApprovalRequest two = note("two");

    Browser.Page page = alice.open("/together?pick=" + one.id() + "&pick=" + two.id());
    assertEquals(303, alice.submit("/together", page.together("approve", "")).status());

    assertEquals(ApprovalState.APPROVED, site.now(one).state());
    assertEquals(ApprovalState.APPROVED, site.now(two).state());
  }

  @Test
  void eachIsShownWithAllThatItsDecisionIsBoundTo() {
    var claimed = Optional.of(new Delegator(new PersonId("carla"), false));
    ApprovalRequest first =
        site.ask(ApprovalKind.REVIEW, Tier.WRITE, "{\"dry_run\":true,\"text\":\"a\"}", claimed);
    String path = "/approvals/" + first.id();
    alice.submit(path, alice.open(path).decision("approve", ""));
    ApprovalRequest second = site.ask(ApprovalKind.REVIEW, Tier.WRITE, "{\"text\":\"a\"}", claimed);

    String page = alice.open("/together?pick=" + second.id()).body();

    for (String fact :
        List.of(
            "Was sent then, and is not now",
            "dry_run",
            "carla (only claimed)",
            "olivia",
            "workspace support",
            "https://crm.example",
            "tier-default",
            second.subject().caller().run().value())) {
      assertTrue(page.contains(fact), fact);
    }
  }

  @Test
  void whatIsForDifferentPeopleIsNotApprovedTogether() {
    ApprovalRequest one = note("one");
    var dora = Optional.of(new Delegator(new PersonId("dora"), true));
    ApprovalRequest two = site.ask(ApprovalKind.REVIEW, Tier.WRITE, "{\"text\":\"two\"}", dora);
    Browser.Page page = alice.open("/together?pick=" + one.id() + "&pick=" + two.id());

    Browser.Page answer = alice.submit("/together", page.together("approve", ""));

    assertEquals(403, answer.status());
    assertEquals(ApprovalState.PENDING, site.now(one).state());
  }

  @Test
  void aDangerousOneAmongThemMeansNoneIsApproved() {
    ApprovalRequest plain = note("one");
    ApprovalRequest dangerous = site.review("{\"text\":\"two\"}");
    Browser.Page page = alice.open("/together?pick=" + plain.id() + "&pick=" + dangerous.id());
    assertFalse(page.body().contains("value=\"approve\""));

    Browser.Page answer = alice.submit("/together", page.together("approve", ""));

    assertEquals(403, answer.status());
    assertTrue(answer.body().contains("A dangerous write is approved one by one."));
    assertEquals(ApprovalState.PENDING, site.now(plain).state());
    assertEquals(ApprovalState.PENDING, site.now(dangerous).state());
  }

  @Test
  void whatSomebodyElseDecidedMeanwhileIsLeftAndTold() {
    ApprovalRequest one = note("one");
    ApprovalRequest two = note("two");
    Browser.Page page = alice.open("/together?pick=" + one.id() + "&pick=" + two.id());
    Browser bob = site.signedIn(Site.BOB);
    Browser.Page his = bob.open("/approvals/" + one.id());
    bob.submit("/approvals/" + one.id(), his.decision("deny", "no"));

    Browser.Page answer = alice.submit("/together", page.together("approve", ""));

    assertEquals(409, answer.status());
    assertTrue(answer.body().contains("1 decided, 1 left as they were"));
    assertEquals(ApprovalState.DENIED, site.now(one).state());
    assertEquals(ApprovalState.APPROVED, site.now(two).state());
  }

  @Test
  void whatThePageDidNotShowIsNotDecided() {
    ApprovalRequest one = note("one");
    Browser.Page page = alice.open("/together?pick=" + one.id());
    String[] parts = page.items().getFirst().split(" ", -1);
    Browser.Form forged =
        page.together("approve", "")
            .without("item")
            .and("item", parts[0] + " " + parts[1] + " " + "0".repeat(64));

    assertEquals(409, alice.submit("/together", forged).status());
    assertEquals(ApprovalState.PENDING, site.now(one).state());
  }

  /// Olivia owns the agent: she sees that it waits, and is not the one to decide.
  @Test
  void onesOwnAndOthersAreNotDecidedByNamingThem() {
    ApprovalRequest theirs = note("one");
    ApprovalRequest hers = site.confirm("{\"text\":\"hers\"}");
    Browser olivia = site.signedIn(Site.OLIVIA);
    Browser.Page page = olivia.open("/together?pick=" + hers.id() + "&pick=" + theirs.id());
    assertEquals(1, page.items().size());
    String item = alice.open("/together?pick=" + theirs.id()).items().getFirst();

    Browser.Page answer =
        olivia.submit("/together", page.together("approve", "").and("item", item));

    assertEquals(409, answer.status());
    assertEquals(ApprovalState.APPROVED, site.now(hers).state());
    assertEquals(ApprovalState.PENDING, site.now(theirs).state());
  }

  @Test
  void aFormFromElsewhereDecidesNothing() {
    ApprovalRequest one = note("one");
    Browser.Page page = alice.open("/together?pick=" + one.id());

    var foreign = page.together("deny", "").with("csrf", "x");

    assertEquals(403, alice.submit("/together", foreign).status());
    assertEquals(ApprovalState.PENDING, site.now(one).state());
  }

  @Test
  void aFormThatNoPageSendsIsRefusedWhole() {
    ApprovalRequest one = note("one");
    Browser.Page page = alice.open("/together?pick=" + one.id());
    Browser.Form form = page.together("deny", "");

    assertEquals(422, alice.submit("/together", form.twice("item")).status());
    assertEquals(422, alice.submit("/together", form.and("item", "x y z")).status());
    assertEquals(422, alice.submit("/together", form.without("item")).status());
    assertEquals(422, alice.submit("/together", form.with("decision", "deny_stop_run")).status());
    assertEquals(ApprovalState.PENDING, site.now(one).state());
  }

  @Test
  void aLongQueueHasPagesAndSaysHowManyWait() {
    for (int i = 0; i < 101; i++) {
      note("number " + i + ".");
    }

    String first = alice.open("/approvals").body();
    String second = alice.open("/approvals?page=2").body();

    assertTrue(first.contains("101 requests wait for you."));
    assertTrue(first.contains("Page 1 of 2"));
    assertTrue(first.contains("Add a note: number 0."));
    assertFalse(first.contains("Add a note: number 100."));
    assertTrue(second.contains("Add a note: number 100."));
    assertFalse(second.contains("Add a note: number 0."));
    assertTrue(alice.open("/approvals?page=99").body().contains("Page 2 of 2"));
    Browser.Page together = alice.open("/together?agent=triage-1");
    assertEquals(50, together.items().size());
    assertTrue(together.body().contains("51 more wait"));
  }

  private ApprovalRequest note(String text) {
    site.clock.pass(Duration.ofMillis(1));
    return site.ask(
        ApprovalKind.REVIEW, Tier.WRITE, "{\"text\":\"" + text + "\"}", Optional.empty());
  }
}
