package dev.keyward.approvals.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.ApprovalState;
import dev.keyward.approvals.Decision;
import dev.keyward.approvals.Verdict;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DecideTest {
  @TempDir Path folder;
  private Site site;
  private ApprovalRequest request;
  private String path;

  @BeforeEach
  void start() throws Exception {
    site = Site.open(folder);
    request = site.confirm("{\"text\":\"hello\"}");
    path = "/approvals/" + request.id();
  }

  @AfterEach
  void stop() {
    site.close();
  }

  @Test
  void theOwnerConfirms() {
    Browser olivia = site.signedIn(Site.OLIVIA);

    Browser.Page answer =
        olivia.submit(path, olivia.open(path).decision("approve", "fine\r\nwith me"));

    assertEquals(303, answer.status());
    assertEquals(path, answer.header("Location"));
    assertEquals(ApprovalState.APPROVED, state());
    Decision decision = site.now(request).decisions().getFirst();
    assertEquals(Site.OLIVIA, decision.person());
    assertEquals(Verdict.APPROVE, decision.verdict());
    assertTrue(olivia.open(path).body().contains("The agent may make this very call once"));
  }

  @Test
  void oneNoEndsIt() {
    Browser olivia = site.signedIn(Site.OLIVIA);

    assertEquals(
        303, olivia.submit(path, olivia.open(path).decision("deny", "not today")).status());

    assertEquals(ApprovalState.DENIED, state());
    assertEquals("not today", site.now(request).decisions().getFirst().reason());
  }

  @Test
  void twoIndependentPeopleAgreeOnADualRequest() {
    ApprovalRequest dual = site.dual("{\"text\":\"dangerous\"}");

    approve(site.signedIn(Site.ALICE), dual);
    assertEquals(ApprovalState.PARTIAL, site.now(dual).state());
    approve(site.signedIn(Site.BOB), dual);

    assertEquals(ApprovalState.APPROVED, site.now(dual).state());
  }

  @Test
  void onePersonIsNotTwo() {
    ApprovalRequest dual = site.dual("{\"text\":\"dangerous\"}");
    Browser alice = site.signedIn(Site.ALICE);
    Browser alsoAlice = site.signedIn(Site.ALICE);
    Browser.Page form = alsoAlice.open("/approvals/" + dual.id());
    approve(alice, dual);

    Browser.Page answer =
        alsoAlice.submit("/approvals/" + dual.id(), form.decision("approve", "again"));

    assertTrue(List.of(403, 409).contains(answer.status()));
    assertEquals(ApprovalState.PARTIAL, site.now(dual).state());
    assertEquals(1, site.now(dual).decisions().size());
  }

  @Test
  void furtherCallsAreAllowedWithTheApprovalAndEndedOnItsPage() {
    Browser olivia = site.signedIn(Site.OLIVIA);
    Browser.Page page = olivia.open(path);

    Browser.Page answer = olivia.submit(path, further(page, "2", "15"));

    assertEquals(303, answer.status());
    assertEquals(2, site.approvals.allowance(request.id()).orElseThrow().uses());
    assertTrue(olivia.open(path).body().contains("2 further calls"));
    var end =
        page.form().with("csrf", olivia.open(path).field("csrf")).with("decision", "end_further");
    assertEquals(403, site.signedIn(Site.MALLORY).submit(path, end).status());
    assertTrue(site.approvals.allowance(request.id()).isPresent());
    assertEquals(303, olivia.submit(path, end).status());
    assertTrue(site.approvals.allowance(request.id()).isEmpty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0 15", "21 15", "-1 15", "1 0", "1 61", "x 15", "1 "})
  void moreThanThePageOffersIsNoForm(String numbers) {
    Browser olivia = site.signedIn(Site.OLIVIA);
    String[] parts = numbers.split(" ", 2);

    Browser.Page answer = olivia.submit(path, further(olivia.open(path), parts[0], parts[1]));

    assertEquals(422, answer.status());
    assertEquals(ApprovalState.PENDING, state());
  }

  @Test
  void aDangerousWriteOffersNoFurtherCallsAndTakesNone() {
    ApprovalRequest review = site.review("{\"text\":\"dangerous\"}");
    Browser alice = site.signedIn(Site.ALICE);
    Browser.Page page = alice.open("/approvals/" + review.id());

    Browser.Page answer = alice.submit("/approvals/" + review.id(), further(page, "1", "5"));

    assertFalse(page.body().contains("approve_further"));
    assertEquals(403, answer.status());
    assertTrue(answer.body().contains("A dangerous write is approved one by one."));
    assertEquals(ApprovalState.PENDING, site.now(review).state());
  }

  private static Browser.Form further(Browser.Page page, String uses, String minutes) {
    return page.decision("approve_further", "").with("uses", uses).with("minutes", minutes);
  }

  @Test
  void lookingNeverDecides() {
    Browser olivia = site.signedIn(Site.OLIVIA);
    String form = olivia.open(path).decision("approve", "").encoded();

    olivia.open(path + "?" + form);
    olivia.method("HEAD", path + "?" + form);
    olivia.open("/approvals?" + form);

    assertEquals(ApprovalState.PENDING, state());
  }

  @Test
  void fieldsInTheAddressDoNotCount() {
    Browser olivia = site.signedIn(Site.OLIVIA);
    Browser.Form form = olivia.open(path).decision("approve", "");

    Browser.Page answer = olivia.submit(path + "?decision=approve", form.without("decision"));

    assertEquals(422, answer.status());
    assertEquals(ApprovalState.PENDING, state());
  }

  @Test
  void aFormWithoutItsTokenDecidesNothing() {
    Browser olivia = site.signedIn(Site.OLIVIA);
    Browser.Form form = olivia.open(path).decision("approve", "");

    assertEquals(403, olivia.submit(path, form.without("csrf")).status());
    assertEquals(403, olivia.submit(path, form.with("csrf", "")).status());
    assertEquals(403, olivia.submit(path, form.twice("csrf")).status());
    assertEquals(ApprovalState.PENDING, state());
  }

  @Test
  void anotherSessionsTokenDecidesNothing() {
    Browser olivia = site.signedIn(Site.OLIVIA);
    String foreign = site.signedIn(Site.ALICE).open("/approvals").field("csrf");
    String other = site.signedIn(Site.OLIVIA).open("/approvals").field("csrf");
    Browser.Form form = olivia.open(path).decision("approve", "");

    assertEquals(403, olivia.submit(path, form.with("csrf", foreign)).status());
    assertEquals(403, olivia.submit(path, form.with("csrf", other)).status());
    assertEquals(ApprovalState.PENDING, state());
  }

  @Test
  void aStrangerDecidesNothing() {
    Browser.Form form = site.signedIn(Site.OLIVIA).open(path).decision("approve", "");

    assertEquals(401, site.stranger().submit(path, form).status());
    assertEquals(
        401,
        site.stranger()
            .post(
                path,
                form.encoded(),
                "Origin",
                site.origin.toString(),
                "Authorization",
                "Bearer kw_agent_0123")
            .status());
    assertEquals(ApprovalState.PENDING, state());
  }

  @Test
  void whoIsNotAskedDecidesNothing() {
    Browser alice = site.signedIn(Site.ALICE);
    Browser.Form form =
        alice.open(path).decision("approve", "").with("digest", request.digest().value());

    Browser.Page answer = alice.submit(path, form);

    assertEquals(403, answer.status());
    assertTrue(answer.body().contains("Your decision was not recorded"));
    assertEquals(ApprovalState.PENDING, state());
  }

  @Test
  void whoMayNotSeeItGetsTheAnswerForNone() {
    Browser mallory = site.signedIn(Site.MALLORY);
    Browser.Form form =
        new Browser.Form(List.of())
            .with("csrf", mallory.open("/approvals").field("csrf"))
            .with("digest", request.digest().value())
            .with("reason", "")
            .with("decision", "approve");

    assertEquals(404, mallory.submit(path, form).status());
    assertEquals(404, mallory.submit("/approvals/apr_" + "0".repeat(26), form).status());
    assertEquals(404, mallory.submit("/approvals", form).status());
    assertEquals(ApprovalState.PENDING, state());
  }

  @Test
  void whatWasNotShownIsNotDecided() {
    ApprovalRequest other = site.confirm("{\"text\":\"other\"}");
    Browser olivia = site.signedIn(Site.OLIVIA);
    Browser.Form form =
        olivia.open(path).decision("approve", "").with("digest", other.digest().value());

    Browser.Page answer = olivia.submit(path, form);

    assertEquals(409, answer.status());
    assertTrue(answer.body().contains("What you were shown is not what is asked"));
    assertEquals(ApprovalState.PENDING, state());
  }

  @Test
  void theSecondAnswerComesTooLate() {
    Browser olivia = site.signedIn(Site.OLIVIA);
    Browser.Page page = olivia.open(path);
    olivia.submit(path, page.decision("deny", ""));

    Browser.Page answer = olivia.submit(path, page.decision("approve", "changed my mind"));

    assertEquals(409, answer.status());
    assertTrue(answer.body().contains("This is how it stands"));
    assertTrue(answer.body().contains("Denied"));
    assertEquals(ApprovalState.DENIED, state());
    assertEquals(1, site.now(request).decisions().size());
  }

  @Test
  void ofManyWhoPressAtOnceOneIsHeard() throws Exception {
    Browser olivia = site.signedIn(Site.OLIVIA);
    Browser.Form form = olivia.open(path).decision("approve", "");
    var go = new CountDownLatch(1);
    List<Future<Integer>> answers;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      answers =
          java.util.stream.IntStream.range(0, 20)
              .mapToObj(
                  _ ->
                      threads.submit(
                          () -> {
                            go.await();
                            return olivia.submit(path, form).status();
                          }))
              .toList();
      go.countDown();
    }

    int recorded = 0;
    for (Future<Integer> answer : answers) {
      recorded += answer.get() == 303 ? 1 : 0;
    }
    assertEquals(1, recorded);
    assertEquals(1, site.now(request).decisions().size());
  }

  @Test
  void whoHasBeenRemovedDecidesNothing() {
    Browser olivia = site.signedIn(Site.OLIVIA);
    Browser.Page page = olivia.open(path);

    site.people.remove(Site.OLIVIA);

    assertEquals(401, olivia.submit(path, page.decision("approve", "")).status());
    assertEquals(ApprovalState.PENDING, state());
  }

  @Test
  void anExpiredRequestIsNotDecided() {
    Browser olivia = site.signedIn(Site.OLIVIA);
    site.clock.pass(Duration.ofMinutes(20));
    Browser.Page page = olivia.open(path);
    site.clock.pass(Duration.ofMinutes(10));

    assertEquals(409, olivia.submit(path, page.decision("approve", "")).status());
  }

  @Test
  void keepingItOpenDecidesNothingAndLosesNothing() {
    Browser olivia = site.signedIn(Site.OLIVIA);
    Browser.Page read = olivia.open(path);
    assertTrue(read.body().contains("Keep it open longer"), "from the first moment on");
    site.clock.pass(Duration.ofMinutes(29));

    Browser.Page longer = olivia.submit(path, read.decision("prolong", "half a reason"));

    assertEquals(200, longer.status());
    assertTrue(longer.body().contains("half a reason"), "what was typed is there still");
    assertFalse(longer.body().contains("This has changed"));
    assertEquals(ApprovalState.PENDING, state());
    site.clock.pass(Duration.ofMinutes(29));
    assertEquals(303, olivia.submit(path, read.decision("approve", "")).status());
    assertEquals(ApprovalState.APPROVED, state());
    assertEquals(409, olivia.submit(path, read.decision("prolong", "")).status());
  }

  @Test
  void whoIsNotAskedKeepsNothingOpen() {
    Browser alice = site.signedIn(Site.ALICE);
    Browser.Page page = alice.open(path);

    assertFalse(page.body().contains("Keep it open longer"));
    assertEquals(403, alice.submit(path, page.decision("prolong", "")).status());
    Browser olivia = site.signedIn(Site.OLIVIA);
    Browser.Form unsigned = olivia.open(path).decision("prolong", "").without("csrf");
    assertEquals(403, olivia.submit(path, unsigned).status());
    assertEquals(request.expires(), site.now(request).expires());
  }

  @Test
  void whoHasAgreedKeepsItOpenForTheSecond() {
    ApprovalRequest dual = site.dual("{\"text\":\"dangerous\"}");
    Browser alice = site.signedIn(Site.ALICE);
    site.clock.pass(Duration.ofMinutes(10));
    approve(alice, dual);
    site.clock.pass(Duration.ofMinutes(10));

    Browser.Page page = alice.open("/approvals/" + dual.id());
    Browser.Form form = page.form().with("csrf", page.field("csrf")).with("decision", "prolong");

    assertEquals(200, alice.submit("/approvals/" + dual.id(), form).status());
    assertEquals(site.clock.instant().plus(Duration.ofMinutes(20)), site.now(dual).expires());
  }

  @ParameterizedTest
  @ValueSource(strings = {"decision", "digest", "reason"})
  void aFormThatLacksAFieldOrHasItTwiceIsMalformed(String field) {
    Browser olivia = site.signedIn(Site.OLIVIA);
    Browser.Form form = olivia.open(path).decision("approve", "");

    assertEquals(422, olivia.submit(path, form.without(field)).status());
    assertEquals(422, olivia.submit(path, form.twice(field)).status());
    assertEquals(ApprovalState.PENDING, state());
  }

  @ParameterizedTest
  @ValueSource(strings = {"APPROVE", "yes", "approve ", "", "approve,deny"})
  void anotherWordIsNoDecision(String word) {
    Browser olivia = site.signedIn(Site.OLIVIA);

    assertEquals(422, olivia.submit(path, olivia.open(path).decision(word, "")).status());
    assertEquals(ApprovalState.PENDING, state());
  }

  @ParameterizedTest
  @ValueSource(strings = {"%", "%zz=1", "a", "=%ff", "%c3%28=1", "a=%e2%82"})
  void whatIsNoFormIsMalformed(String body) {
    Browser olivia = site.signedIn(Site.OLIVIA);

    assertEquals(422, olivia.post(path, body, "Origin", site.origin.toString()).status());
  }

  @Test
  void aFormIsBounded() {
    Browser olivia = site.signedIn(Site.OLIVIA);
    Browser.Page page = olivia.open(path);

    assertEquals(422, olivia.submit(path, page.decision("approve", "x".repeat(501))).status());
    assertEquals(413, olivia.submit(path, page.decision("approve", "x".repeat(70_000))).status());
    assertEquals(ApprovalState.PENDING, state());
  }

  @Test
  void aLongReasonInAnyScriptFits() {
    Browser olivia = site.signedIn(Site.OLIVIA);

    Browser.Page answer =
        olivia.submit(path, olivia.open(path).decision("approve", "語".repeat(500)));

    assertEquals(303, answer.status());
    assertEquals(500, site.now(request).decisions().getFirst().reason().length());
  }

  private ApprovalState state() {
    return site.now(request).state();
  }

  private static void approve(Browser browser, ApprovalRequest request) {
    String path = "/approvals/" + request.id();
    assertEquals(303, browser.submit(path, browser.open(path).decision("approve", "")).status());
  }

  @Test
  void aDenialMayStopTheRunAndNamesWhoDidIt() {
    Browser olivia = site.signedIn(Site.OLIVIA);

    Browser.Page answer =
        olivia.submit(path, olivia.open(path).decision("deny_stop_run", "It loops"));

    assertEquals(303, answer.status());
    assertEquals(ApprovalState.DENIED, state());
    assertEquals(List.of(request.subject().caller().run() + " by olivia"), site.stopped);
  }

  @Test
  void whoMayNotDecideStopsNoRunWithADenial() {
    Browser alice = site.signedIn(Site.ALICE);
    Browser.Form form =
        alice.open(path).decision("deny_stop_run", "").with("digest", request.digest().value());

    assertEquals(403, alice.submit(path, form).status());

    assertEquals(List.of(), site.stopped);
  }

  @Test
  void approvingHasNoConsequence() {
    Browser olivia = site.signedIn(Site.OLIVIA);

    assertEquals(
        422, olivia.submit(path, olivia.open(path).decision("approve_stop_run", "")).status());

    assertEquals(ApprovalState.PENDING, state());
  }

  @Test
  void anotherPageThanTheOneShownDecidesNothing() {
    Browser olivia = site.signedIn(Site.OLIVIA);
    Browser.Form form = olivia.open(path).decision("approve", "").with("view", "0".repeat(64));

    Browser.Page answer = olivia.submit(path, form);

    assertEquals(409, answer.status());
    assertTrue(answer.body().contains("What you were shown is not what is asked"));
    assertEquals(ApprovalState.PENDING, state());
  }

  @Test
  void theDecisionKeepsTheDigestOfWhatWasShown() {
    Browser olivia = site.signedIn(Site.OLIVIA);
    Browser.Page page = olivia.open(path);

    olivia.submit(path, page.decision("approve", ""));

    assertEquals(page.view(), site.now(request).decisions().getFirst().view());
  }
}
