package dev.keyward.approvals;

import static dev.keyward.approvals.ApprovalsFixture.CONTEXT;
import static dev.keyward.approvals.ApprovalsFixture.SETTINGS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.call.ApprovalKind;
import dev.keyward.call.Arguments;
import dev.keyward.call.CallDigest;
import dev.keyward.call.Tier;
import dev.keyward.call.ToolName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// What changed arguments promise on every engine: what runs is what people agreed to, whoever
/// changed it does not agree in place of somebody independent, and of a change and an answer that
/// meet one counts.
abstract class EditsContract extends OnEveryEngine {
  private static final Arguments LESS = arguments(50);
  private static final int ROUNDS = 12;
  private static final ApprovalSettings SINGLE =
      new ApprovalSettings(SETTINGS.expiry(), true, QuestionLimits.of(10));

  @Test
  void whatWasAskedAndWhatWillRunAreBothKept() {
    ApprovalRequest asked = at.pending(ask(ApprovalKind.REVIEW));

    ApprovalRequest edited = edited(asked, at.rita);

    assertEquals(asked.digest(), edited.digest());
    assertEquals(asked.subject(), edited.subject());
    assertEquals(digest(LESS), edited.running());
    assertEquals(LESS.canonical(), edited.shown().argumentsJson());
    assertEquals("Note 50", edited.shown().summary());
    assertEquals(at.rita.id(), edited.edit().orElseThrow().by());
    assertEquals(edited, at.now(asked));
  }

  @Test
  void onlyTheChangedCallRedeemsAndOnce() {
    ApprovalRequest asked = at.pending(ask(ApprovalKind.REVIEW));
    edited(asked, at.rita);
    decide(at.now(asked), at.ravi, Verdict.APPROVE);

    assertInstanceOf(Redemption.Gone.class, redeem(asked, asked.digest()));
    assertInstanceOf(Redemption.Gone.class, redeem(asked, digest(arguments(51))));
    assertInstanceOf(Redemption.Redeemed.class, redeem(asked, digest(LESS)));
    assertInstanceOf(Redemption.Gone.class, redeem(asked, digest(LESS)));
  }

  @Test
  void theSameQuestionFindsTheChangedOne() {
    Ask ask = ask(ApprovalKind.REVIEW);
    ApprovalRequest edited = edited(at.pending(ask), at.rita);

    assertEquals(edited, at.pending(ask));
    decide(edited, at.ravi, Verdict.APPROVE);
    var approved = assertInstanceOf(Standing.Approved.class, at.approvals.ask(ask));
    assertEquals(digest(LESS), approved.request().running());
  }

  @Test
  void whoChangedACallDoesNotReviewIt() {
    ApprovalRequest edited = edited(at.pending(ask(ApprovalKind.REVIEW)), at.rita);

    assertInstanceOf(DecisionResult.NotAllowed.class, decide(edited, at.rita, Verdict.APPROVE));
    assertInstanceOf(DecisionResult.Recorded.class, decide(edited, at.ravi, Verdict.APPROVE));
    assertEquals(ApprovalState.APPROVED, at.state(edited));
    assertEquals(Independence.INDEPENDENT, at.now(edited).decisions().getFirst().independence());
  }

  @Test
  void whereTwoAgreeNeitherChangedIt() {
    ApprovalRequest edited = edited(at.pending(at.ask(ApprovalKind.DUAL)), at.rita);

    assertInstanceOf(DecisionResult.Recorded.class, decide(edited, at.ravi, Verdict.APPROVE));
    assertInstanceOf(DecisionResult.NotAllowed.class, decide(edited, at.rita, Verdict.APPROVE));
    assertEquals(ApprovalState.PARTIAL, at.state(edited));
    assertInstanceOf(DecisionResult.Recorded.class, decide(edited, at.rosa, Verdict.APPROVE));
    assertEquals(ApprovalState.APPROVED, at.state(edited));
  }

  @Test
  void whoConfirmsMayChangeWhatTheyConfirm() {
    ApprovalRequest edited = edited(at.pending(ask(ApprovalKind.CONFIRM)), at.dan);

    assertInstanceOf(DecisionResult.Recorded.class, decide(edited, at.dan, Verdict.APPROVE));
    assertInstanceOf(Redemption.Redeemed.class, redeem(edited, digest(LESS)));
  }

  @Test
  void whoCouldNotDecideCannotChangeEither() {
    ApprovalRequest review = at.pending(ask(ApprovalKind.REVIEW));
    ApprovalRequest confirm = at.pending(ask(ApprovalKind.CONFIRM, 7));

    for (Person person : List.of(at.olga, at.dan, at.mia)) {
      assertInstanceOf(DecisionResult.NotAllowed.class, edit(review, person, LESS));
    }
    assertInstanceOf(DecisionResult.NotAllowed.class, edit(confirm, at.rita, LESS));
    assertEquals(Optional.empty(), at.now(review).edit());
    assertEquals(Optional.empty(), at.now(confirm).edit());
  }

  @Test
  void aDangerousWriteIsChangedOnlyWhereSomebodyElseAgrees() {
    ApprovalRequest confirmed = at.pending(at.ask(ApprovalKind.CONFIRM));
    assertInstanceOf(DecisionResult.NotAllowed.class, edit(confirmed, at.dan, LESS));

    Approvals single = at.restarted(SINGLE);
    Ask ask = ApprovalsFixture.ask(ApprovalKind.REVIEW, at.caller, 7);
    ApprovalRequest alone = assertInstanceOf(Standing.Pending.class, single.ask(ask)).request();
    assertInstanceOf(
        DecisionResult.NotAllowed.class,
        single.edit(alone.id(), at.rita, alone.digest(), LESS, "less"));
    assertEquals(Optional.empty(), at.now(alone).edit());
  }

  @Test
  void aSingleOperatorWhoChangesAWriteIsRecordedAsNotIndependent() {
    Approvals single = at.restarted(SINGLE);
    ApprovalRequest request =
        assertInstanceOf(Standing.Pending.class, single.ask(ask(ApprovalKind.REVIEW))).request();
    single.edit(request.id(), at.rita, request.digest(), LESS, "less");

    single.decide(request.id(), at.rita, new Answer(Verdict.APPROVE, "", digest(LESS), ""));

    assertEquals(Independence.NONE, at.now(request).decisions().getFirst().independence());
  }

  @Test
  void nothingIsChangedOnceSomebodyHasAnswered() {
    ApprovalRequest partial = at.pending(at.ask(ApprovalKind.DUAL));
    decide(partial, at.ravi, Verdict.APPROVE);
    ApprovalRequest approved = at.approved(ask(ApprovalKind.REVIEW));
    ApprovalRequest denied = at.pending(ask(ApprovalKind.REVIEW, 8));
    decide(denied, at.ravi, Verdict.DENY);

    for (ApprovalRequest request : List.of(partial, approved, denied)) {
      assertInstanceOf(DecisionResult.AlreadyDecided.class, edit(at.now(request), at.rita, LESS));
      assertEquals(Optional.empty(), at.now(request).edit());
    }
    assertInstanceOf(Redemption.Redeemed.class, redeem(approved, approved.digest()));
  }

  @Test
  void nothingIsChangedOnceTimeIsUp() {
    ApprovalRequest request = at.pending(ask(ApprovalKind.REVIEW));
    at.expire();

    assertInstanceOf(DecisionResult.AlreadyDecided.class, edit(request, at.rita, LESS));
    assertEquals(ApprovalState.EXPIRED, at.state(request));
  }

  @Test
  void anAnswerToWhatWasShownBeforeTheChangeDoesNotCount() {
    ApprovalRequest before = at.pending(ask(ApprovalKind.REVIEW));
    edited(before, at.rita);

    assertInstanceOf(
        DecisionResult.Changed.class,
        at.approvals.decide(
            before.id(), at.ravi, new Answer(Verdict.APPROVE, "", before.digest(), "")));
    assertEquals(ApprovalState.PENDING, at.state(before));
  }

  @Test
  void onlyWhoeverChangedItChangesItAgain() {
    ApprovalRequest before = at.pending(ask(ApprovalKind.REVIEW));
    ApprovalRequest once = edited(before, at.rita);

    assertInstanceOf(DecisionResult.NotAllowed.class, edit(once, at.ravi, arguments(60)));
    assertInstanceOf(DecisionResult.Changed.class, edit(before, at.rita, arguments(60)));
    assertInstanceOf(DecisionResult.Recorded.class, edit(once, at.rita, arguments(60)));
    assertInstanceOf(
        DecisionResult.Changed.class,
        at.approvals.decide(
            once.id(), at.ravi, new Answer(Verdict.APPROVE, "", once.running(), "")));
    assertEquals(digest(arguments(60)), at.now(once).running());
  }

  @Test
  void ofAChangeAndAnAnswerThatMeetOneCounts() throws Exception {
    at =
        new ApprovalsFixture(
            database, new ApprovalSettings(SETTINGS.expiry(), false, QuestionLimits.of(1000)));
    for (int i = 0; i < ROUNDS; i++) {
      ApprovalRequest request = at.pending(ask(ApprovalKind.REVIEW, 100 + i));
      List<Callable<DecisionResult>> both =
          List.of(
              () -> edit(request, at.rita, LESS), () -> decide(request, at.ravi, Verdict.APPROVE));

      List<DecisionResult> results;
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        results = threads.invokeAll(both).stream().map(Future::resultNow).toList();
      }

      long counted = results.stream().filter(DecisionResult.Recorded.class::isInstance).count();
      assertEquals(1, counted, results::toString);
      ApprovalRequest now = at.now(request);
      boolean changed = now.edit().isPresent();
      assertEquals(changed ? ApprovalState.PENDING : ApprovalState.APPROVED, now.state());
    }
  }

  @Test
  void whatHoldsSomethingNobodySeesRunsAsAskedOrNot() {
    Ask plain = ask(ApprovalKind.REVIEW);
    var hidden =
        new Ask(
            plain.kind(),
            plain.subject(),
            new CallDigest("a".repeat(64)),
            CONTEXT,
            plain.rule(),
            plain.lead());

    assertInstanceOf(
        DecisionResult.NotAllowed.class, edit(at.pending(hidden), at.rita, arguments(1)));
  }

  @Test
  void aChangedCallAllowsNoFurtherOnes() {
    ApprovalRequest edited = edited(at.pending(ask(ApprovalKind.REVIEW)), at.rita);
    var more = new Allowance(Set.of(), 1, Duration.ofMinutes(5));

    assertTrue(at.approvals.objectionToMore(edited).isPresent());
    assertInstanceOf(
        DecisionResult.NotAllowed.class,
        at.approvals.decide(
            edited.id(),
            at.ravi,
            new Answer(
                Verdict.APPROVE,
                "",
                edited.running(),
                "",
                Duration.ZERO,
                Optional.of(more),
                Optional.empty())));
  }

  @Test
  void aChangedToolVoidsTheChangedApprovalToo() {
    ApprovalRequest edited = edited(at.pending(ask(ApprovalKind.REVIEW)), at.rita);
    decide(edited, at.ravi, Verdict.APPROVE);

    assertInstanceOf(
        Redemption.Changed.class,
        at.redeem(edited, digest(LESS), "tool 2", ApprovalKind.REVIEW, at.call()));
    assertEquals(ApprovalState.INVALIDATED, at.state(edited));
  }

  @Test
  void theChangeIsHeardOfOrDoesNotHappen() {
    ApprovalRequest request = at.pending(ask(ApprovalKind.REVIEW));
    edited(request, at.rita);
    assertEquals("Edited PENDING", at.listener.heard().getLast());

    ApprovalRequest other = at.pending(ask(ApprovalKind.REVIEW, 9));
    at.listener.fail();
    assertThrows(IllegalStateException.class, () -> edit(other, at.rita, LESS));
    assertEquals(Optional.empty(), at.now(other).edit());
  }

  @Test
  void nobodysRequestIsNotChanged() {
    assertInstanceOf(
        DecisionResult.Unknown.class,
        at.approvals.edit(
            ApprovalsFixture.nobodysApproval(), at.rita, new CallDigest("a".repeat(64)), LESS, ""));
  }

  private ApprovalRequest edited(ApprovalRequest request, Person by) {
    var result = assertInstanceOf(DecisionResult.Recorded.class, edit(request, by, LESS));
    assertNotEquals(request.running(), result.now().running());
    return result.now();
  }

  private DecisionResult edit(ApprovalRequest request, Person by, Arguments arguments) {
    String summary = "Note " + arguments.json().path("amount").asInt();
    return at.approvals.edit(request.id(), by, request.running(), arguments, summary);
  }

  private DecisionResult decide(ApprovalRequest request, Person person, Verdict verdict) {
    return at.approvals.decide(
        request.id(), person, new Answer(verdict, "", request.running(), ""));
  }

  private Redemption redeem(ApprovalRequest request, CallDigest digest) {
    return at.redeem(request, digest, CONTEXT, request.kind(), at.call());
  }

  private CallDigest digest(Arguments arguments) {
    return CallDigest.of(at.caller, new ToolName("stripe.create_refund"), arguments);
  }

  private static Arguments arguments(int amount) {
    return Arguments.of(JsonMapper.shared().createObjectNode().put("amount", amount));
  }

  private Ask ask(ApprovalKind kind) {
    return ask(kind, 1);
  }

  /// The fixture's question, about a write that is not dangerous.
  private Ask ask(ApprovalKind kind, int amount) {
    Ask ask = ApprovalsFixture.ask(kind, at.caller, amount);
    Subject.Call call = ask.subject().shown();
    var write =
        new Subject.Call(
            call.caller(),
            call.tool(),
            call.title(),
            Tier.WRITE,
            call.system(),
            call.origin(),
            call.summary(),
            call.argumentsJson());
    return new Ask(kind, write, ask.digest(), ask.context(), ask.rule(), ask.lead());
  }
}
