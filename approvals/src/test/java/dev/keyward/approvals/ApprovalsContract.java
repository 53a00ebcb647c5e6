package dev.keyward.approvals;

import static dev.keyward.approvals.ApprovalState.APPROVED;
import static dev.keyward.approvals.ApprovalState.CANCELLED;
import static dev.keyward.approvals.ApprovalState.CONSUMED;
import static dev.keyward.approvals.ApprovalState.DENIED;
import static dev.keyward.approvals.ApprovalState.DONE;
import static dev.keyward.approvals.ApprovalState.EXPIRED;
import static dev.keyward.approvals.ApprovalState.INVALIDATED;
import static dev.keyward.approvals.ApprovalState.PARTIAL;
import static dev.keyward.approvals.ApprovalState.PENDING;
import static dev.keyward.approvals.ApprovalState.UNKNOWN;
import static dev.keyward.approvals.ApprovalsFixture.CONTEXT;
import static dev.keyward.approvals.ApprovalsFixture.SETTINGS;
import static dev.keyward.approvals.ApprovalsFixture.ask;
import static dev.keyward.call.ApprovalKind.CONFIRM;
import static dev.keyward.call.ApprovalKind.DUAL;
import static dev.keyward.call.ApprovalKind.REVIEW;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.approvals.ApprovalEvent.Mismatch;
import dev.keyward.call.AgentId;
import dev.keyward.call.ApprovalKind;
import dev.keyward.call.CallId;
import dev.keyward.call.Caller;
import dev.keyward.call.Cancellation;
import dev.keyward.call.Delegator;
import dev.keyward.call.QuestionCap;
import dev.keyward.call.Refusal;
import dev.keyward.call.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What approvals promise on every engine.
abstract class ApprovalsContract extends OnEveryEngine {
  private static final int MANY = 100;

  /// Where each reads too, and so waits for one of a few connections: all get one in time on a slow
  /// machine.
  private static final int SEVERAL = 30;

  private static final Set<ApprovalState> ALL = EnumSet.allOf(ApprovalState.class);

  // asking

  @Test
  void howPeopleDecideIsCounted() {
    var roomy =
        at.restarted(new ApprovalSettings(SETTINGS.expiry(), false, QuestionLimits.of(1000)));
    for (int i = 0; i < Habit.STREAK; i++) {
      answer(roomy, i, Duration.ofMillis(2_500), at.rita, Verdict.APPROVE);
      answer(roomy, 100 + i, Duration.ofSeconds(i), at.ravi, Verdict.APPROVE);
    }
    answer(roomy, 200, Duration.ofSeconds(90), at.ravi, Verdict.DENY);

    List<Habit> habits = at.approvals.habits(at.clock.instant().minus(Duration.ofDays(1)));

    assertEquals(
        List.of(
            new Habit(at.ravi.id(), 21, 20, Duration.ofSeconds(10), 2, false),
            new Habit(at.rita.id(), 20, 20, Duration.ofMillis(2_500), 0, true)),
        habits);
    assertEquals(95, habits.getFirst().share());
    assertEquals(List.of(), at.approvals.habits(at.clock.instant().plusMillis(1)));
  }

  @Test
  void whatPeopleHaveAnsweredOrChangedIsFoundAndWhatWaitsIsNot() {
    Instant before = at.clock.instant();
    ApprovalRequest denied = at.pending(ApprovalsFixture.ask(REVIEW, at.caller, 1));
    at.decide(denied, at.rita, Verdict.DENY);
    at.clock.advance(Duration.ofSeconds(1));
    ApprovalRequest approved = at.approved(ApprovalsFixture.ask(REVIEW, at.caller, 2));
    at.pending(ApprovalsFixture.ask(REVIEW, at.caller, 3));

    List<ApprovalRequest> answered = at.approvals.answered(before);

    assertEquals(List.of(approved, at.now(denied)), answered);
    assertEquals(List.of(approved), at.approvals.answered(before.plusMillis(1)));
  }

  private void answer(
      Approvals approvals, int amount, Duration after, Person person, Verdict verdict) {
    Ask ask = ApprovalsFixture.ask(ApprovalKind.REVIEW, at.caller, amount);
    approvals.ask(ask);
    at.clock.advance(after);
    ApprovalRequest request =
        assertInstanceOf(Standing.Pending.class, approvals.ask(ask)).request();
    assertInstanceOf(DecisionResult.Recorded.class, at.decide(request, person, verdict));
  }

  @Test
  void aNewQuestionIsPendingWithAllThatWasAsked() {
    Ask asked = at.ask(DUAL);

    ApprovalRequest request = at.pending(asked);

    assertEquals(request, at.now(request));
    assertEquals(asked.subject(), request.subject());
    assertEquals(at.clock.instant().plus(SETTINGS.expiry()), request.expires());
    assertEquals(PENDING, request.state());
    assertEquals(List.of("Created PENDING"), at.listener.heard());
  }

  @Test
  void theSameQuestionIsAskedOnce() throws Exception {
    var standings = inParallel(SEVERAL, () -> at.pending(at.ask(REVIEW)).id());

    assertEquals(1, Set.copyOf(standings).size());
    assertEquals(List.of("Created PENDING"), at.listener.heard());
  }

  @Test
  void anApprovedQuestionStandsApproved() {
    ApprovalRequest request = at.approved(at.ask(REVIEW));

    assertEquals(new Standing.Approved(request), at.approvals.ask(at.ask(REVIEW)));
  }

  @Test
  void aNoStandsUntilTheRequestExpires() {
    ApprovalRequest request = at.pending(at.ask(REVIEW));
    at.decide(request, at.rita, Verdict.DENY);

    assertEquals(new Standing.Declined(at.now(request)), at.approvals.ask(at.ask(REVIEW)));
    at.expire();
    assertNotEquals(request.id(), at.pending(at.ask(REVIEW)).id());
  }

  // keeping open

  @Test
  void whoCouldDecideKeepsItOpenAndNobodyElse() {
    ApprovalRequest request = at.pending(at.ask(REVIEW));
    at.clock.advance(Duration.ofMinutes(4));

    for (Person other : List.of(at.olga, at.dan, at.mia)) {
      assertInstanceOf(DecisionResult.NotAllowed.class, at.approvals.prolong(request.id(), other));
    }
    assertEquals(request, at.now(request));
    DecisionResult result = at.approvals.prolong(request.id(), at.rita);

    assertEquals(new DecisionResult.Recorded(at.now(request)), result);
    assertEquals(at.clock.instant().plus(SETTINGS.expiry()), at.now(request).expires());
    at.clock.advance(SETTINGS.expiry().minusMillis(1));
    at.decide(request, at.ravi, Verdict.APPROVE);
    assertEquals(APPROVED, at.state(request));
    assertEquals(
        List.of("Created PENDING", "Prolonged PENDING", "Decided APPROVED"), at.listener.heard());
  }

  @Test
  void whatIsDecidedOrOverKeepsItsTime() {
    ApprovalRequest approved = at.approved(at.ask(REVIEW));
    ApprovalRequest over = at.pending(ask(REVIEW, at.caller, 2));
    at.clock.advance(Duration.ofMinutes(1));

    assertInstanceOf(
        DecisionResult.AlreadyDecided.class, at.approvals.prolong(approved.id(), at.ravi));
    assertEquals(approved, at.now(approved));
    at.expire();
    assertInstanceOf(DecisionResult.AlreadyDecided.class, at.approvals.prolong(over.id(), at.ravi));
    assertEquals(EXPIRED, at.state(over));
    assertInstanceOf(Redemption.Gone.class, at.redeem(approved, at.call()));
  }

  /// A page that was opened at the first moment offers it, too; pressing it then changes nothing.
  @Test
  void whatWasJustAskedCanBeKeptOpenLaterAndIsNotYet() {
    ApprovalRequest request = at.pending(at.ask(REVIEW));
    at.clock.advance(Duration.ofSeconds(59));

    assertEquals(Optional.empty(), at.approvals.objectionToProlonging(request, at.rita.id()));
    assertEquals(new DecisionResult.Recorded(request), at.approvals.prolong(request.id(), at.rita));

    assertEquals(request, at.now(request));
    assertEquals(List.of("Created PENDING"), at.listener.heard());
  }

  @Test
  void tenTimesAtTheLastMomentAndThenItEnds() {
    ApprovalRequest request = at.pending(at.ask(DUAL));
    for (int i = 0; i < 10; i++) {
      at.clock.advance(SETTINGS.expiry().minusMillis(1));
      Person person = i % 2 == 0 ? at.rita : at.ravi;
      assertInstanceOf(
          DecisionResult.Recorded.class, at.approvals.prolong(request.id(), person), "" + i);
    }
    at.clock.advance(SETTINGS.expiry().minusMillis(1));

    assertInstanceOf(DecisionResult.NotAllowed.class, at.approvals.prolong(request.id(), at.ravi));

    at.clock.advance(Duration.ofMillis(1));
    at.decide(request, at.ravi, Verdict.APPROVE);
    assertEquals(EXPIRED, at.state(request));
  }

  /// Nobody's answer is used hours after they gave it.
  @Test
  void onceOneOfTwoHasAgreedItStaysOpenForOneTimeMore() {
    ApprovalRequest request = at.pending(at.ask(DUAL));
    at.clock.advance(Duration.ofMinutes(5));
    at.decide(request, at.rita, Verdict.APPROVE);
    Instant agreed = at.clock.instant();
    at.clock.advance(Duration.ofMinutes(4));

    assertInstanceOf(DecisionResult.Recorded.class, at.approvals.prolong(request.id(), at.ravi));
    at.clock.advance(Duration.ofMinutes(5));
    assertInstanceOf(DecisionResult.NotAllowed.class, at.approvals.prolong(request.id(), at.rita));

    assertEquals(agreed.plus(SETTINGS.expiry()), at.now(request).expires());
  }

  @Test
  void aUsedApprovalStandsForNothing() {
    ApprovalRequest request = at.approved(at.ask(REVIEW));
    at.redeem(request, at.call());

    assertNotEquals(request.id(), at.pending(at.ask(REVIEW)).id());
  }

  @Test
  void anExpiredQuestionIsAskedAnewEvenIfNobodySweeps() {
    ApprovalRequest old = at.pending(at.ask(REVIEW));
    at.expire();

    ApprovalRequest anew = at.pending(at.ask(REVIEW));

    assertNotEquals(old.id(), anew.id());
    assertEquals(EXPIRED, at.state(old));
  }

  @Test
  void aChangedToolInvalidatesWhatIsPending() {
    ApprovalRequest old = at.pending(at.ask(REVIEW));

    ApprovalRequest anew = at.pending(ask(REVIEW, at.caller, 1, "another tool"));

    assertNotEquals(old.id(), anew.id());
    assertEquals(INVALIDATED, at.state(old));
  }

  @Test
  void aStricterPolicyInvalidatesWhatIsPending() {
    ApprovalRequest old = at.pending(at.ask(REVIEW));

    ApprovalRequest anew = at.pending(at.ask(DUAL));

    assertEquals(DUAL, anew.kind());
    assertEquals(INVALIDATED, at.state(old));
  }

  @Test
  void aMilderPolicyKeepsTheStricterQuestion() {
    ApprovalRequest old = at.pending(at.ask(DUAL));

    assertEquals(old.id(), at.pending(at.ask(REVIEW)).id());
  }

  @Test
  void anotherOwnerInvalidatesWhatThePreviousOneConfirmed() {
    var claimed = with(at.caller, Optional.of(new Delegator(at.dan.id(), false)));
    var verified = with(at.caller, Optional.of(new Delegator(at.dan.id(), true)));
    ApprovalRequest old = at.approved(ask(CONFIRM, verified, 1));

    ApprovalRequest anew = at.pending(ask(CONFIRM, claimed, 1));

    assertEquals(old.digest(), anew.digest());
    assertEquals(INVALIDATED, at.state(old));
  }

  @Test
  void anAgentHasOnlySoManyOpenQuestions() {
    for (int i = 0; i < SETTINGS.questions().agent().waiting(); i++) {
      at.pending(ask(REVIEW, at.caller, i));
    }

    assertEquals(
        new Standing.TooMany(QuestionCap.AGENT_OPEN, Duration.ofMinutes(1)),
        at.approvals.ask(ask(REVIEW, at.caller, 99)));
    at.pending(ask(REVIEW, at.caller, 0));
    at.pending(ask(REVIEW, at.caller("other-1"), 99));
    at.expire();
    at.pending(ask(REVIEW, at.caller, 99));
  }

  @Test
  void aFloodFromManyThreadsStaysWithinTheCap() throws Exception {
    var amounts = new AtomicInteger();
    inParallel(SEVERAL, () -> at.approvals.ask(ask(REVIEW, at.caller, amounts.incrementAndGet())));

    assertEquals(
        SETTINGS.questions().agent().waiting(), at.approvals.list(Set.of(PENDING), 1000).size());
  }

  // deciding

  @Test
  void oneIndependentReviewerApprovesAReview() {
    ApprovalRequest request = at.pending(at.ask(REVIEW));

    var result = at.decide(request, at.rita, Verdict.APPROVE);

    assertEquals(new DecisionResult.Recorded(at.now(request)), result);
    assertEquals(APPROVED, at.state(request));
    assertEquals(
        List.of(
            new Decision(
                at.rita.id(),
                Role.REVIEWER,
                Verdict.APPROVE,
                "because",
                at.clock.instant(),
                Independence.INDEPENDENT,
                "",
                Optional.empty())),
        at.now(request).decisions());
    assertEquals(List.of("Created PENDING", "Decided APPROVED"), at.listener.heard());
  }

  @Test
  void twoDistinctReviewersApproveADual() {
    ApprovalRequest request = at.pending(at.ask(DUAL));

    at.decide(request, at.rita, Verdict.APPROVE);
    assertEquals(PARTIAL, at.state(request));
    at.decide(request, at.ravi, Verdict.APPROVE);

    assertEquals(APPROVED, at.state(request));
  }

  @Test
  void onePersonDoesNotCountTwice() throws Exception {
    ApprovalRequest request = at.pending(at.ask(DUAL));

    var results = inParallel(MANY, () -> at.decide(request, at.rita, Verdict.APPROVE));

    assertEquals(1, results.stream().filter(DecisionResult.Recorded.class::isInstance).count());
    assertEquals(PARTIAL, at.state(request));
  }

  @Test
  void oneDenyEndsADual() {
    ApprovalRequest request = at.pending(at.ask(DUAL));
    at.decide(request, at.rita, Verdict.APPROVE);

    at.decide(request, at.ravi, Verdict.DENY);

    assertEquals(DENIED, at.state(request));
    assertInstanceOf(
        DecisionResult.AlreadyDecided.class, at.decide(request, at.rosa, Verdict.APPROVE));
    assertEquals(new Redemption.Gone(), at.redeem(request, at.call()));
  }

  @ParameterizedTest
  @EnumSource(
      value = ApprovalKind.class,
      names = {"REVIEW", "DUAL"})
  void neitherOwnerNorDelegatorReviews(ApprovalKind kind) {
    at.people.add("dan", Role.MEMBER, Role.REVIEWER);
    ApprovalRequest request = at.pending(at.ask(kind));

    assertInstanceOf(DecisionResult.NotAllowed.class, at.decide(request, at.olga, Verdict.APPROVE));
    assertInstanceOf(DecisionResult.NotAllowed.class, at.decide(request, at.dan, Verdict.APPROVE));
    assertEquals(PENDING, at.state(request));
  }

  @Test
  void aDelegatorWhoIsOnlyClaimedIsNotIndependentEither() {
    var claimed = with(at.caller, Optional.of(new Delegator(at.rita.id(), false)));
    ApprovalRequest request = at.pending(ask(REVIEW, claimed, 1));

    assertInstanceOf(DecisionResult.NotAllowed.class, at.decide(request, at.rita, Verdict.APPROVE));
  }

  @Test
  void onlyTheConfirmerConfirms() {
    ApprovalRequest request = at.pending(at.ask(CONFIRM));

    for (Person other : List.of(at.olga, at.mia, at.rita)) {
      assertInstanceOf(DecisionResult.NotAllowed.class, at.decide(request, other, Verdict.APPROVE));
    }
    at.decide(request, at.dan, Verdict.APPROVE);

    assertEquals(APPROVED, at.state(request));
    Decision decision = at.now(request).decisions().getFirst();
    assertEquals(Independence.CONFIRMER, decision.independence());
    assertEquals(Role.MEMBER, decision.role());
  }

  @Test
  void aClaimedDelegatorDoesNotConfirm() {
    var claimed = with(at.caller, Optional.of(new Delegator(at.dan.id(), false)));
    ApprovalRequest request = at.pending(ask(CONFIRM, claimed, 1));

    assertInstanceOf(DecisionResult.NotAllowed.class, at.decide(request, at.dan, Verdict.APPROVE));
    assertInstanceOf(DecisionResult.Recorded.class, at.decide(request, at.olga, Verdict.APPROVE));
  }

  @Test
  void aMemberDoesNotReview() {
    ApprovalRequest request = at.pending(at.ask(REVIEW));

    assertInstanceOf(DecisionResult.NotAllowed.class, at.decide(request, at.mia, Verdict.APPROVE));
  }

  @Test
  void rolesOfAnOldSessionDoNotCount() {
    ApprovalRequest request = at.pending(at.ask(REVIEW));
    at.people.add("rita", Role.MEMBER);

    assertInstanceOf(DecisionResult.NotAllowed.class, at.decide(request, at.rita, Verdict.APPROVE));
  }

  @Test
  void somebodyRemovedDecidesNothing() {
    ApprovalRequest request = at.pending(at.ask(CONFIRM));
    at.people.remove(at.dan);

    assertInstanceOf(DecisionResult.NotAllowed.class, at.decide(request, at.dan, Verdict.APPROVE));
  }

  @Test
  void inADeclaredSingleOperatorInstallTheOwnerReviewsAndIsFlagged() {
    var single = at.restarted(new ApprovalSettings(SETTINGS.expiry(), true, QuestionLimits.of(3)));
    ApprovalRequest request = ((Standing.Pending) single.ask(at.ask(REVIEW))).request();

    single.decide(request.id(), at.olga, new Answer(Verdict.APPROVE, "", request.digest(), ""));

    assertTrue(at.now(request).singleOperator());
    assertEquals(APPROVED, at.state(request));
    assertEquals(Independence.NONE, at.now(request).decisions().getFirst().independence());
  }

  @Test
  void aSingleOperatorInstallStillNeedsTwoForADual() {
    var single = at.restarted(new ApprovalSettings(SETTINGS.expiry(), true, QuestionLimits.of(3)));
    ApprovalRequest request = ((Standing.Pending) single.ask(at.ask(DUAL))).request();

    assertInstanceOf(
        DecisionResult.NotAllowed.class,
        single.decide(
            request.id(), at.olga, new Answer(Verdict.APPROVE, "", request.digest(), "")));
  }

  @Test
  void endingTheSingleOperatorModeEndsWhatItAllowed() {
    var single = at.restarted(new ApprovalSettings(SETTINGS.expiry(), true, QuestionLimits.of(3)));
    ApprovalRequest request = ((Standing.Pending) single.ask(at.ask(REVIEW))).request();
    single.decide(request.id(), at.olga, new Answer(Verdict.APPROVE, "", request.digest(), ""));

    assertEquals(new Redemption.Changed(), at.redeem(request, at.call()));
    assertEquals(INVALIDATED, at.state(request));
  }

  @Test
  void whoWasShownAnotherCallDecidesNothing() {
    ApprovalRequest request = at.pending(at.ask(REVIEW));
    ApprovalRequest other = at.pending(ask(REVIEW, at.caller, 2));

    var result =
        at.approvals.decide(
            request.id(), at.rita, new Answer(Verdict.APPROVE, "", other.digest(), ""));

    assertEquals(new DecisionResult.Changed(request), result);
    assertEquals(PENDING, at.state(request));
  }

  @Test
  void anUnknownRequestIsUnknown() {
    var result =
        at.approvals.decide(
            ApprovalsFixture.nobodysApproval(),
            at.rita,
            new Answer(Verdict.APPROVE, "", at.ask(REVIEW).digest(), ""));

    assertEquals(new DecisionResult.Unknown(), result);
  }

  @Test
  void anExpiredRequestTakesNoDecision() {
    ApprovalRequest request = at.pending(at.ask(REVIEW));
    at.expire();

    var result = at.decide(request, at.rita, Verdict.APPROVE);

    assertEquals(new DecisionResult.AlreadyDecided(at.now(request)), result);
    assertEquals(EXPIRED, at.state(request));
    assertEquals(List.of("Created PENDING", "Expired EXPIRED"), at.listener.heard());
  }

  @Test
  void ofManyWhoDecideAtOnceExactlyOneDoes() throws Exception {
    var reviewers = new ArrayList<Person>();
    for (int i = 0; i < MANY; i++) {
      reviewers.add(at.people.add("r" + i, Role.REVIEWER));
    }
    ApprovalRequest request = at.pending(at.ask(REVIEW));
    var next = new AtomicInteger();

    var results =
        inParallel(
            MANY,
            () -> {
              int i = next.getAndIncrement();
              Verdict verdict = i % 2 == 0 ? Verdict.APPROVE : Verdict.DENY;
              return at.decide(request, reviewers.get(i), verdict);
            });

    assertEquals(1, results.stream().filter(DecisionResult.Recorded.class::isInstance).count());
    assertEquals(1, at.now(request).decisions().size());
    assertEquals(2, at.listener.heard().size());
  }

  @Test
  void decidingAndExpiringAtOnceEndsInOneOfThem() throws Exception {
    ApprovalRequest request = at.pending(at.ask(REVIEW));
    var next = new AtomicInteger();

    inParallel(
        SEVERAL,
        () -> {
          int i = next.getAndIncrement();
          if (i == SEVERAL / 2) {
            at.expire();
          }
          return i % 2 == 0 ? at.approvals.expireDue() : at.decide(request, at.rita, Verdict.DENY);
        });

    assertEquals(2, at.listener.heard().size());
    assertTrue(Set.of(DENIED, EXPIRED).contains(at.state(request)));
  }

  @Test
  void aReasonIsBoundedAndPlain() {
    ApprovalRequest request = at.pending(at.ask(REVIEW));
    String nasty = "  no\r\n\u0007 way\u202e\u0000\ud800 " + "😀".repeat(400);

    at.approvals.decide(
        request.id(), at.rita, new Answer(Verdict.DENY, nasty, request.digest(), ""));

    String kept = at.now(request).decisions().getFirst().reason();
    assertTrue(kept.startsWith("no   way 😀"), kept);
    assertTrue(kept.length() <= Decision.MAX_REASON && kept.endsWith("😀"), kept);
  }

  @Test
  void withoutItsAuditRecordADecisionDoesNotHappen() {
    ApprovalRequest request = at.pending(at.ask(REVIEW));
    at.listener.fail();

    assertThrows(IllegalStateException.class, () -> at.decide(request, at.rita, Verdict.APPROVE));

    assertEquals(PENDING, at.state(request));
    assertEquals(List.of(), at.now(request).decisions());
  }

  // redeeming

  @Test
  void anApprovalIsUsedOnce() throws Exception {
    ApprovalRequest request = at.approved(at.ask(DUAL));
    var calls = new ArrayList<CallId>();
    for (int i = 0; i < MANY; i++) {
      calls.add(at.call());
    }
    var next = new AtomicInteger();

    var results = inParallel(MANY, () -> at.redeem(request, calls.get(next.getAndIncrement())));

    assertEquals(1, results.stream().filter(Redemption.Redeemed.class::isInstance).count());
    assertEquals(MANY - 1L, results.stream().filter(Redemption.Gone.class::isInstance).count());
    assertEquals(CONSUMED, at.state(request));
  }

  @ParameterizedTest
  @ValueSource(longs = {-10, 10})
  void whateverTheClockOfAnotherBrokerSaysAnApprovalIsUsedOnce(long minutes) throws Exception {
    ApprovalRequest request = at.approved(at.ask(DUAL));
    Approvals other = at.elsewhere(Duration.ofMinutes(minutes));
    var calls = new ArrayList<CallId>();
    for (int i = 0; i < SEVERAL; i++) {
      calls.add(at.call());
    }
    var next = new AtomicInteger();

    var results =
        inParallel(
            SEVERAL,
            () -> {
              int i = next.getAndIncrement();
              Approvals here = i % 2 == 0 ? at.approvals : other;
              here.expireDue();
              return at.redeem(here, request, calls.get(i));
            });

    long used = results.stream().filter(Redemption.Redeemed.class::isInstance).count();
    assertEquals(at.state(request) == CONSUMED ? 1 : 0, used);
    assertTrue(minutes > 0 || used == 1, "only a clock that is ahead may end it");
  }

  @Test
  void whatABrokerWhoseClockIsAheadHasEndedIsOverForAll() {
    ApprovalRequest asked = at.pending(at.ask(REVIEW));
    Approvals ahead = at.elsewhere(Duration.ofMinutes(10));

    ahead.expireDue();

    assertFalse(at.decide(asked, at.rita, Verdict.APPROVE) instanceof DecisionResult.Recorded);
    assertEquals(new Redemption.Gone(), at.redeem(asked, at.call()));
    assertEquals(EXPIRED, at.state(asked));
  }

  @Test
  void aUseIsUndoneWithItsTransaction() {
    ApprovalRequest request = at.approved(at.ask(REVIEW));

    assertThrows(
        ArithmeticException.class,
        () ->
            database.write(
                tx -> {
                  at.approvals.redeem(
                      tx, request.id(), request.digest(), CONTEXT, REVIEW, at.call());
                  throw new ArithmeticException();
                }));

    assertEquals(APPROVED, at.state(request));
  }

  @Test
  void whatIsNotApprovedIsNotUsed() {
    ApprovalRequest pending = at.pending(at.ask(DUAL));
    assertEquals(new Redemption.Gone(), at.redeem(pending, at.call()));

    at.decide(pending, at.rita, Verdict.APPROVE);

    assertEquals(new Redemption.Gone(), at.redeem(pending, at.call()));
  }

  @Test
  void otherArgumentsAnotherRunAndAnotherAgentNeverUseIt() {
    ApprovalRequest request = at.approved(at.ask(REVIEW));
    Caller otherRun = at.caller("triage-1");
    Caller otherAgent = at.caller("triage-2");
    List<Ask> others =
        List.of(ask(REVIEW, at.caller, 2), ask(REVIEW, otherRun, 1), ask(REVIEW, otherAgent, 1));

    for (Ask other : others) {
      assertEquals(
          new Redemption.Gone(), at.redeem(request, other.digest(), CONTEXT, REVIEW, at.call()));
      assertInstanceOf(Standing.Pending.class, at.approvals.ask(other));
    }

    assertEquals(APPROVED, at.state(request));
  }

  @Test
  void anExpiredApprovalIsNotUsed() {
    ApprovalRequest request = at.approved(at.ask(REVIEW));
    at.expire();

    assertEquals(new Redemption.Gone(), at.redeem(request, at.call()));
    assertEquals(EXPIRED, at.state(request));
  }

  @Test
  void aChangedToolInvalidatesAnApprovalForGood() {
    ApprovalRequest request = at.approved(at.ask(REVIEW));

    assertEquals(
        new Redemption.Changed(),
        at.redeem(request, request.digest(), "another tool", REVIEW, at.call()));
    assertEquals(new Redemption.Gone(), at.redeem(request, at.call()));
    assertEquals(INVALIDATED, at.state(request));
    assertEquals(Mismatch.CONTEXT, lastMismatch());
  }

  @Test
  void aStricterPolicyInvalidatesAnApproval() {
    ApprovalRequest request = at.approved(at.ask(REVIEW));

    assertEquals(
        new Redemption.Changed(), at.redeem(request, request.digest(), CONTEXT, DUAL, at.call()));
    assertEquals(Mismatch.STRICTER, lastMismatch());
  }

  @Test
  void aMilderPolicyDoesNotInvalidate() {
    ApprovalRequest request = at.approved(at.ask(DUAL));

    assertInstanceOf(
        Redemption.Redeemed.class,
        at.redeem(request, request.digest(), CONTEXT, CONFIRM, at.call()));
  }

  @Test
  void theApprovalOfSomebodyRemovedSinceDoesNotCount() {
    ApprovalRequest request = at.approved(at.ask(DUAL));
    at.people.remove(at.rita);

    assertEquals(new Redemption.Changed(), at.redeem(request, at.call()));
    assertEquals(Mismatch.QUORUM, lastMismatch());
  }

  @Test
  void theApprovalOfSomebodyDemotedSinceDoesNotCount() {
    ApprovalRequest request = at.approved(at.ask(REVIEW));
    at.people.add("rita", Role.MEMBER);

    assertEquals(new Redemption.Changed(), at.redeem(request, at.call()));
  }

  @Test
  void aRemovedReviewersHalfOfADualIsAskedOfAThird() {
    ApprovalRequest request = at.pending(at.ask(DUAL));
    at.decide(request, at.rita, Verdict.APPROVE);
    at.people.remove(at.rita);

    at.decide(request, at.ravi, Verdict.APPROVE);
    assertEquals(PARTIAL, at.state(request));
    at.decide(request, at.rosa, Verdict.APPROVE);

    assertInstanceOf(Redemption.Redeemed.class, at.redeem(request, at.call()));
  }

  // after the call

  @Test
  void whatWasNotSentMayBeUsedOnceMore() {
    ApprovalRequest request = at.approved(at.ask(REVIEW));
    CallId first = at.call();
    at.redeem(request, first);

    at.giveBack(request, first);

    assertEquals(request, at.now(request));
    assertInstanceOf(Redemption.Redeemed.class, at.redeem(request, at.call()));
    assertEquals(new Redemption.Gone(), at.redeem(request, at.call()));
  }

  @Test
  void onlyTheCallThatHoldsItGivesBackOrCloses() {
    ApprovalRequest request = at.approved(at.ask(REVIEW));
    CallId holder = at.call();
    CallId other = at.call();
    at.redeem(request, holder);

    assertThrows(IllegalStateException.class, () -> at.giveBack(request, other));
    assertThrows(IllegalStateException.class, () -> at.close(request, other, true));

    assertEquals(CONSUMED, at.state(request));
    at.close(request, holder, true);
    assertThrows(IllegalStateException.class, () -> at.giveBack(request, holder));
    assertEquals(DONE, at.state(request));
  }

  @Test
  void whatWasSentMayNotBeUsedAgainWhateverCameOfIt() {
    ApprovalRequest request = at.approved(at.ask(REVIEW));
    CallId call = at.call();
    at.redeem(request, call);

    at.close(request, call, false);

    assertEquals(UNKNOWN, at.state(request));
    assertEquals(Optional.of(call), at.now(request).call());
    assertEquals(new Redemption.Gone(), at.redeem(request, at.call()));
  }

  @Test
  void givenBackTooLateItIsExpired() {
    ApprovalRequest request = at.approved(at.ask(REVIEW));
    CallId call = at.call();
    at.redeem(request, call);
    at.expire();

    at.giveBack(request, call);

    assertEquals(EXPIRED, at.state(request));
  }

  @Test
  void givenBackAfterItsRunEndedItIsCancelled() {
    ApprovalRequest request = at.approved(at.ask(REVIEW));
    CallId call = at.call();
    at.redeem(request, call);
    at.cancelRun(at.caller.run());

    at.giveBack(request, call);

    assertEquals(CANCELLED, at.state(request));
  }

  @Test
  void givenBackAfterTheSameWasAskedAgainOnlyTheNewQuestionStands() {
    ApprovalRequest request = at.approved(at.ask(REVIEW));
    CallId call = at.call();
    at.redeem(request, call);
    ApprovalRequest newer = at.pending(at.ask(REVIEW));

    at.giveBack(request, call);

    assertEquals(CANCELLED, at.state(request));
    assertEquals(newer.id(), at.pending(at.ask(REVIEW)).id());
  }

  @Test
  void aBrokerThatDiedInACallFindsItAfterwards() {
    ApprovalRequest request = at.approved(at.ask(REVIEW));
    CallId call = at.call();
    at.redeem(request, call);
    database.close();
    database = open();
    at = new ApprovalsFixture(database);

    List<ApprovalRequest> unfinished = at.approvals.unfinished();
    unfinished.forEach(u -> at.close(u, u.call().orElseThrow(), false));

    assertEquals(List.of(request.id()), unfinished.stream().map(ApprovalRequest::id).toList());
    assertEquals(UNKNOWN, at.state(request));
    assertEquals(List.of(), at.approvals.unfinished());
  }

  @Test
  void endingARunCancelsWhatItAskedAndNothingElse() {
    ApprovalRequest pending = at.pending(at.ask(REVIEW));
    ApprovalRequest approved = at.approved(ask(REVIEW, at.caller, 2));
    ApprovalRequest elsewhere = at.pending(ask(REVIEW, at.caller("triage-2"), 1));

    at.cancelRun(at.caller.run());

    assertEquals(CANCELLED, at.state(pending));
    assertEquals(new Redemption.Gone(), at.redeem(approved, at.call()));
    assertEquals(PENDING, at.state(elsewhere));
    assertInstanceOf(
        DecisionResult.AlreadyDecided.class, at.decide(pending, at.rita, Verdict.APPROVE));
  }

  @Test
  void theSweepEndsWhatIsDueOnceAndLeavesTheRest() {
    ApprovalRequest pending = at.pending(at.ask(REVIEW));
    ApprovalRequest approved = at.approved(ask(REVIEW, at.caller, 2));
    at.clock.advance(SETTINGS.expiry().minusMillis(1));
    ApprovalRequest fresh = at.pending(ask(REVIEW, at.caller, 3));
    assertEquals(0, at.approvals.expireDue());
    at.clock.advance(Duration.ofMillis(1));

    assertEquals(2, at.approvals.expireDue());
    assertEquals(0, at.approvals.expireDue());
    assertEquals(
        List.of(EXPIRED, EXPIRED, PENDING),
        List.of(at.state(pending), at.state(approved), at.state(fresh)));
  }

  // waiting

  @Test
  void whoWaitsLearnsOfTheDecision() throws Exception {
    ApprovalRequest request = at.pending(at.ask(REVIEW));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var waiting = new ArrayList<Future<Optional<ApprovalRequest>>>();
      for (int i = 0; i < SEVERAL; i++) {
        waiting.add(threads.submit(() -> await(request, at.caller, Duration.ofMinutes(5))));
      }

      at.decide(request, at.rita, Verdict.APPROVE);

      for (var one : waiting) {
        assertEquals(Optional.of(at.now(request)), one.get());
      }
    }
  }

  @Test
  void whoWaitsLearnsOfWhatHappenedElsewhere() throws Exception {
    ApprovalRequest request = at.pending(at.ask(REVIEW));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var waiting = threads.submit(() -> await(request, at.caller, Duration.ofMinutes(5)));
      database.write(tx -> tx.sql().execute("UPDATE approvals SET state = 'CANCELLED'"));

      assertEquals(CANCELLED, waiting.get().orElseThrow().state());
    }
  }

  @Test
  void whoWaitsLearnsOfExpiryWithoutASweep() throws Exception {
    ApprovalRequest request = at.pending(at.ask(REVIEW));
    at.expire();

    assertEquals(EXPIRED, await(request, at.caller, Duration.ofMinutes(5)).orElseThrow().state());
  }

  @Test
  void whoWaitsInVainIsToldHowItStands() throws Exception {
    ApprovalRequest request = at.pending(at.ask(REVIEW));

    assertEquals(Optional.of(request), await(request, at.caller, Duration.ZERO));
  }

  @Test
  void aCancelledWaitEndsAtOnce() throws Exception {
    ApprovalRequest request = at.pending(at.ask(REVIEW));
    var cancellation = new Cancellation();
    cancellation.cancel(new Refusal.Cancelled());

    Optional<ApprovalRequest> seen =
        at.approvals.await(
            request.id(), at.caller.agent(), at.caller.run(), Duration.ofHours(1), cancellation);

    assertEquals(Optional.of(request), seen);
  }

  @Test
  void othersCannotWaitForIt() throws Exception {
    ApprovalRequest request = at.approved(at.ask(REVIEW));
    var nobody = new AgentId("triage-2");
    var noRun = RunId.random(at.random);
    Duration zero = Duration.ZERO;

    assertEquals(
        Optional.empty(),
        at.approvals.await(request.id(), nobody, at.caller.run(), zero, new Cancellation()));
    assertEquals(
        Optional.empty(),
        at.approvals.await(request.id(), at.caller.agent(), noRun, zero, new Cancellation()));
    assertEquals(
        Optional.empty(),
        at.approvals.await(
            ApprovalsFixture.nobodysApproval(),
            at.caller.agent(),
            at.caller.run(),
            zero,
            new Cancellation()));
  }

  // looking

  @Test
  void listsAreByStateNewestFirstAndBounded() {
    ApprovalRequest first = at.pending(ask(REVIEW, at.caller, 1));
    at.clock.advance(Duration.ofSeconds(1));
    ApprovalRequest second = at.pending(ask(REVIEW, at.caller, 2));
    at.clock.advance(Duration.ofSeconds(1));
    ApprovalRequest third = at.approved(ask(REVIEW, at.caller, 3));

    assertEquals(List.of(third, second, first), at.approvals.list(ALL, 10));
    assertEquals(List.of(second, first), at.approvals.list(Set.of(PENDING), 10));
    assertEquals(List.of(second), at.approvals.list(Set.of(PENDING, PARTIAL), 1));
    assertEquals(List.of(), at.approvals.list(Set.of(), 10));
  }

  @Test
  void membersSeeOnlyWhatTheyMayConfirm() {
    ApprovalRequest confirm = at.pending(ask(CONFIRM, at.caller, 1));
    ApprovalRequest review = at.pending(ask(REVIEW, at.caller, 2));
    Person nothing = at.people.add("nobody");

    assertEquals(List.of(confirm), at.approvals.listFor(at.dan, ALL, 10));
    assertEquals(List.of(), at.approvals.listFor(at.mia, ALL, 10));
    assertEquals(2, at.approvals.listFor(at.rita, ALL, 10).size());
    assertEquals(List.of(), at.approvals.listFor(nothing, ALL, 10));
    assertEquals(Optional.of(confirm), at.approvals.findFor(at.dan, confirm.id()));
    assertEquals(Optional.empty(), at.approvals.findFor(at.dan, review.id()));
    assertEquals(Optional.empty(), at.approvals.findFor(at.mia, confirm.id()));
    assertEquals(Optional.of(review), at.approvals.findFor(at.rita, review.id()));
  }

  @Test
  void earlierDecisionsAreOfTheSameAgentAndToolTheSameArgumentsFirst() {
    ApprovalRequest same = at.approved(ask(REVIEW, at.caller("triage-1"), 7));
    at.clock.advance(Duration.ofSeconds(1));
    var others = new ArrayList<ApprovalRequest>();
    for (int i = 0; i < 6; i++) {
      at.clock.advance(Duration.ofSeconds(1));
      others.addFirst(at.approved(ask(REVIEW, at.caller("triage-1"), 100 + i)));
    }
    at.approved(ask(REVIEW, at.caller("triage-2"), 7));
    ApprovalRequest request = at.pending(ask(REVIEW, at.caller, 7));

    List<ApprovalRequest> earlier = at.approvals.earlier(request);

    var expected = new ArrayList<>(List.of(same));
    expected.addAll(others.subList(0, 4));
    assertEquals(expected, earlier);
  }

  private Optional<ApprovalRequest> await(ApprovalRequest request, Caller caller, Duration atMost)
      throws InterruptedException {
    return at.approvals.await(
        request.id(), caller.agent(), caller.run(), atMost, new Cancellation());
  }

  private Mismatch lastMismatch() {
    return assertInstanceOf(ApprovalEvent.Invalidated.class, at.listener.events().getLast()).why();
  }

  private static Caller with(Caller caller, Optional<Delegator> delegator) {
    return new Caller(
        caller.agent(),
        caller.agentType(),
        caller.workspace(),
        caller.owner(),
        caller.run(),
        delegator);
  }

  /// Runs `action` on so many threads at the same moment.
  private static <T> List<T> inParallel(int times, Callable<T> action) throws Exception {
    var start = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var running = new ArrayList<Future<T>>();
      for (int i = 0; i < times; i++) {
        running.add(
            threads.submit(
                () -> {
                  start.await();
                  return action.call();
                }));
      }
      start.countDown();
      var results = new ArrayList<T>();
      for (var one : running) {
        results.add(one.get());
      }
      return results;
    }
  }

  @Test
  void aDenialThatCoolsDownRefusesTheToolForAWhile() {
    ApprovalRequest request = coolDown();

    Standing other = at.approvals.ask(ApprovalsFixture.ask(REVIEW, at.caller, 2));

    assertEquals(request.id(), ((Standing.Declined) other).request().id());
    at.clock.advance(Duration.ofMinutes(10));
    assertInstanceOf(
        Standing.Pending.class, at.approvals.ask(ApprovalsFixture.ask(REVIEW, at.caller, 2)));
  }

  private ApprovalRequest coolDown() {
    ApprovalRequest request = at.pending(at.ask(REVIEW));
    deny(request);
    return request;
  }

  private void deny(ApprovalRequest request) {
    var deny =
        new Answer(
            Verdict.DENY,
            "enough",
            request.digest(),
            "",
            Duration.ofMinutes(10),
            Optional.empty(),
            Optional.empty());
    at.approvals.decide(request.id(), at.rita, deny);
  }

  /// Else it would only have to connect again to ask on. What people said in the one run is not for
  /// the other.
  @Test
  void aCoolDownHoldsInTheAgentsOtherRunsWhoeverItSaysItActsFor() {
    coolDown();
    at.clock.advance(Duration.ofMinutes(4));
    Caller again = at.caller("triage-1");
    Caller claims = with(again, Optional.of(new Delegator(at.mia.id(), false)));
    Caller alone = with(again, Optional.empty());

    for (Caller caller : List.of(again, claims, alone)) {
      assertEquals(
          new Standing.TooMany(QuestionCap.COOL_DOWN, Duration.ofMinutes(6)),
          at.approvals.ask(ask(REVIEW, caller, 2)));
    }
    at.clock.advance(Duration.ofMinutes(6));
    at.pending(ask(REVIEW, again, 2));
  }

  @Test
  void aHelperThatIsRefusedGetsNoFurtherInASessionOfItsOwn() {
    Caller helper = at.caller("helper-1");
    Ask asked = ask(REVIEW, helper, 1);
    var ledByTriage =
        new Ask(REVIEW, asked.subject(), asked.digest(), CONTEXT, asked.rule(), at.caller.lead());
    deny(at.pending(ledByTriage));

    for (String agent : List.of("helper-1", "triage-1")) {
      Standing standing = at.approvals.ask(ask(REVIEW, at.caller(agent), 2));

      assertEquals(
          new Standing.TooMany(QuestionCap.COOL_DOWN, Duration.ofMinutes(10)), standing, agent);
    }
  }

  @Test
  void aCoolDownIsForNoOtherAgentAndNoOtherPersonsJob() {
    coolDown();
    Caller forMia = with(at.caller("triage-1"), Optional.of(new Delegator(at.mia.id(), true)));

    at.pending(ask(REVIEW, at.caller("triage-2"), 2));
    at.pending(ask(REVIEW, forMia, 2));
  }

  @Test
  void aPlainDenialRefusesNothingElse() {
    ApprovalRequest request = at.pending(at.ask(REVIEW));
    at.decide(request, at.rita, Verdict.DENY);

    assertInstanceOf(
        Standing.Pending.class, at.approvals.ask(ApprovalsFixture.ask(REVIEW, at.caller, 2)));
  }
}
