package dev.keyward.approvals;

import static dev.keyward.approvals.ApprovalsFixture.CONTEXT;
import static dev.keyward.approvals.ApprovalsFixture.SETTINGS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.keyward.call.ApprovalKind;
import dev.keyward.call.Arguments;
import dev.keyward.call.CallDigest;
import dev.keyward.call.CallId;
import dev.keyward.call.Caller;
import dev.keyward.call.RunId;
import dev.keyward.call.Tier;
import dev.keyward.call.ToolName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// What further calls promise on every engine: as many as were allowed, like the one that was
/// approved in all but what may differ, and no more once anything else has changed.
abstract class AllowancesContract extends OnEveryEngine {
  private static final String NOTE = note(1, "first");
  private static final Allowance TWO = allowing(2, "text");
  private static final int AT_ONCE = 20;

  @Test
  void aCallThatDiffersOnlyWhereItMayIsApprovedWithoutAsking() {
    ApprovalRequest first = allow(TWO);

    ApprovalRequest second = approved(ask(note(1, "second")));

    assertNotEquals(first.id(), second.id());
    assertEquals(Optional.of(first.id()), second.allowedBy());
    assertEquals(at.now(first).decisions(), second.decisions());
    assertInstanceOf(Redemption.Redeemed.class, at.redeem(second, at.call()));
  }

  @Test
  void noneIsUsedTwice() {
    allow(TWO);
    ApprovalRequest second = approved(ask(note(1, "second")));
    at.redeem(second, at.call());

    assertInstanceOf(Redemption.Gone.class, at.redeem(second, at.call()));
  }

  @Test
  void askingAgainForTheSameTakesNothingMore() {
    ApprovalRequest first = allow(TWO);

    assertEquals(approved(ask(note(1, "second"))), approved(ask(note(1, "second"))));
    assertEquals(1, left(first).orElseThrow().uses());
  }

  @Test
  void nothingIsLeftAfterTheLast() {
    ApprovalRequest first = allow(TWO);
    ApprovalRequest second = approved(ask(note(1, "second")));
    ApprovalRequest third = approved(ask(note(1, "third")));

    at.pending(ask(note(1, "fourth")));
    assertEquals(0, left(first).orElseThrow().uses());
    at.redeem(second, at.call());
    at.redeem(third, at.call());
    assertEquals(Optional.empty(), left(first), "nothing is left to end either");
  }

  @Test
  void whatWasTakenAndNotMadeYetEndsWithIt() {
    ApprovalRequest first = allow(TWO);
    ApprovalRequest second = approved(ask(note(1, "second")));
    ApprovalRequest third = approved(ask(note(1, "third")));
    at.redeem(third, at.call());

    assertInstanceOf(DecisionResult.Recorded.class, at.approvals.endAllowance(first.id(), at.ravi));

    assertEquals(ApprovalState.CANCELLED, at.now(second).state());
    assertEquals(ApprovalState.CONSUMED, at.now(third).state());
    assertInstanceOf(Redemption.Gone.class, at.redeem(second, at.call()));
    at.pending(ask(note(1, "second")));
  }

  @Test
  void whatWasInUseWhenItEndedIsNotUsedAgainThoughNothingWasSent() {
    ApprovalRequest first = allow(TWO);
    ApprovalRequest second = approved(ask(note(1, "second")));
    CallId call = at.call();
    at.redeem(second, call);
    at.approvals.endAllowance(first.id(), at.ravi);

    at.giveBack(second, call);

    assertEquals(ApprovalState.CANCELLED, at.state(second));
    at.pending(ask(note(1, "second")));
  }

  @Test
  void whatIsAskedForAnotherReasonIsAskedOfPeople() {
    allow(TWO);
    Ask same = ask(note(1, "second"));

    at.pending(
        new Ask(
            same.kind(), same.subject(), same.digest(), same.context(), "unusual", same.lead()));
  }

  @Test
  void itEndsWithAnApprovalThatDoesNotFitAnyMore() {
    ApprovalRequest first = allow(TWO);
    ApprovalRequest second = approved(ask(note(1, "second")));

    assertInstanceOf(
        Redemption.Changed.class,
        at.redeem(first, first.digest(), "another tool", first.kind(), at.call()));

    assertEquals(Optional.empty(), left(first));
    assertEquals(ApprovalState.CANCELLED, at.now(second).state());
    at.pending(ask(note(1, "third")));
  }

  @Test
  void manyAtOnceGetNoMoreThanAllowed() throws Exception {
    allow(allowing(5, "text"));
    var generous =
        at.restarted(new ApprovalSettings(SETTINGS.expiry(), false, QuestionLimits.of(1000)));
    List<Callable<Standing>> asking = new ArrayList<>();
    for (int i = 0; i < AT_ONCE; i++) {
      Ask ask = ask(note(1, "at once " + i));
      asking.add(() -> generous.ask(ask));
    }

    int approved = 0;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Standing> answer : threads.invokeAll(asking)) {
        approved += answer.get() instanceof Standing.Approved ? 1 : 0;
      }
    }

    assertEquals(5, approved);
  }

  @Test
  void whatHasToStayMayNotDiffer() {
    allow(TWO);

    at.pending(ask(note(2, "first")));
  }

  @Test
  void noArgumentIsAddedOrLeftOut() {
    allow(TWO);

    at.pending(ask("{\"ticket\":1}"));
    at.pending(ask("{\"public\":true,\"text\":\"x\",\"ticket\":1}"));
  }

  @Test
  void anotherRunAgentOrToolGetsNothing() {
    allow(TWO);
    Caller same = at.caller;
    RunId other = RunId.random(at.random);

    at.pending(
        ask(
            new Caller(
                same.agent(),
                same.agentType(),
                same.workspace(),
                same.owner(),
                other,
                same.delegator()),
            "crm.add_note",
            NOTE,
            CONTEXT,
            ApprovalKind.REVIEW));
    at.pending(ask(at.caller("triage-2"), "crm.add_note", NOTE, CONTEXT, ApprovalKind.REVIEW));
    at.pending(ask(same, "crm.close_ticket", NOTE, CONTEXT, ApprovalKind.REVIEW));
  }

  @Test
  void aChangedToolOrAStricterPolicyAsksAgain() {
    allow(TWO);

    at.pending(ask(at.caller, "crm.add_note", note(1, "b"), "tool 2", ApprovalKind.REVIEW));
    at.pending(ask(at.caller, "crm.add_note", note(1, "c"), CONTEXT, ApprovalKind.DUAL));
  }

  @Test
  void whoIsNoReviewerAnyMoreHasAllowedNothing() {
    allow(TWO);
    ApprovalRequest taken = approved(ask(note(1, "second")));

    at.people.remove(at.rita);

    at.pending(ask(note(1, "third")));
    assertInstanceOf(Redemption.Changed.class, at.redeem(taken, at.call()));
  }

  @Test
  void timeEndsIt() {
    ApprovalRequest first = allow(new Allowance(Set.of("text"), 5, Duration.ofMinutes(5)));
    ApprovalRequest taken = approved(ask(note(1, "second")));

    at.clock.advance(Duration.ofMinutes(5));

    at.pending(ask(note(1, "third")));
    assertInstanceOf(Redemption.Gone.class, at.redeem(taken, at.call()));
    assertEquals(Optional.empty(), left(first));
  }

  @Test
  void theEndOfTheRunEndsIt() {
    ApprovalRequest first = allow(TWO);

    at.cancelRun(at.caller.run());

    assertEquals(Optional.empty(), left(first));
    assertEquals("AllowanceEnded CANCELLED", at.listener.heard().getLast());
  }

  @Test
  void stoppingWhatWaitsForPeopleEndsIt() {
    ApprovalRequest first = allow(TWO);

    database.write(
        tx -> {
          at.approvals.cancel(tx, request -> request.subject().tool().value().equals(TOOL));
          return true;
        });

    assertEquals(Optional.empty(), left(first));
  }

  @Test
  void whoeverCouldDecideMayEndItAndNobodyElse() {
    ApprovalRequest first = allow(TWO);

    assertInstanceOf(
        DecisionResult.NotAllowed.class, at.approvals.endAllowance(first.id(), at.olga));
    assertInstanceOf(DecisionResult.Recorded.class, at.approvals.endAllowance(first.id(), at.ravi));
    assertInstanceOf(
        DecisionResult.AlreadyDecided.class, at.approvals.endAllowance(first.id(), at.ravi));
    at.pending(ask(note(1, "second")));
  }

  @Test
  void aDenialGoesBefore() {
    ApprovalRequest denied = at.pending(ask(note(1, "second")));
    at.decide(denied, at.rita, Verdict.DENY);
    allow(TWO);

    assertInstanceOf(Standing.Declined.class, at.approvals.ask(ask(note(1, "second"))));
  }

  @Test
  void dangerousOnesAndThoseOfTwoPeopleAreApprovedOneByOne() {
    ApprovalRequest dangerous = at.pending(at.ask(ApprovalKind.REVIEW));
    ApprovalRequest dual = at.pending(ask(at.caller, TOOL, NOTE, CONTEXT, ApprovalKind.DUAL));

    for (ApprovalRequest request : List.of(dangerous, dual)) {
      assertInstanceOf(DecisionResult.NotAllowed.class, decide(request, allowing(1)));
      assertEquals(ApprovalState.PENDING, at.state(request));
    }
  }

  @Test
  void whatHoldsSomethingNobodySeesIsApprovedOnItsOwn() {
    Ask plain = ask(NOTE);
    var hidden =
        new Ask(
            plain.kind(),
            plain.subject(),
            new CallDigest("a".repeat(64)), // of more than is stored
            plain.context(),
            plain.rule(),
            plain.lead());

    assertInstanceOf(DecisionResult.NotAllowed.class, decide(at.pending(hidden), TWO));
    allow(TWO);
    Ask second = ask(note(1, "second"));
    at.pending(
        new Ask(
            second.kind(),
            second.subject(),
            new CallDigest("b".repeat(64)),
            second.context(),
            second.rule(),
            second.lead()));
  }

  @Test
  void somethingHasToStay() {
    ApprovalRequest request = at.pending(ask(NOTE));

    assertInstanceOf(
        DecisionResult.NotAllowed.class, decide(request, allowing(1, "text", "ticket")));
    assertInstanceOf(DecisionResult.NotAllowed.class, decide(request, allowing(1, "other")));
    assertEquals(ApprovalState.PENDING, at.state(request));
  }

  @Test
  void thereIsAnEndToWhatOneAnswerAllows() {
    assertThrows(IllegalArgumentException.class, () -> allowing(Allowance.MOST_USES + 1));
    assertThrows(IllegalArgumentException.class, () -> allowing(0));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Allowance(Set.of(), 1, Allowance.LONGEST.plusMillis(1)));
  }

  @Test
  void anOperatorCanForbidIt() {
    allow(TWO);
    var strict =
        at.restarted(
            new ApprovalSettings(SETTINGS.expiry(), false, QuestionLimits.of(3), false, false));

    assertInstanceOf(Standing.Pending.class, strict.ask(ask(note(1, "second"))));
  }

  private static final String TOOL = "crm.add_note";

  private ApprovalRequest allow(Allowance allowance) {
    ApprovalRequest request = at.pending(ask(NOTE));
    assertInstanceOf(DecisionResult.Recorded.class, decide(request, allowance));
    return at.now(request);
  }

  private DecisionResult decide(ApprovalRequest request, Allowance allowance) {
    var answer =
        new Answer(
            Verdict.APPROVE,
            "",
            request.digest(),
            "",
            Duration.ZERO,
            Optional.of(allowance),
            Optional.empty());
    return at.approvals.decide(request.id(), at.rita, answer);
  }

  private ApprovalRequest approved(Ask ask) {
    return assertInstanceOf(Standing.Approved.class, at.approvals.ask(ask)).request();
  }

  private Optional<AllowanceLeft> left(ApprovalRequest request) {
    return at.approvals.allowance(request.id());
  }

  private static Allowance allowing(int uses, String... free) {
    return new Allowance(Set.of(free), uses, Duration.ofMinutes(30));
  }

  private static String note(int ticket, String text) {
    return "{\"text\":\"" + text + "\",\"ticket\":" + ticket + "}";
  }

  private Ask ask(String arguments) {
    return ask(at.caller, TOOL, arguments, CONTEXT, ApprovalKind.REVIEW);
  }

  private static Ask ask(
      Caller caller, String name, String json, String context, ApprovalKind kind) {
    var tool = new ToolName(name);
    var arguments = Arguments.of(JsonMapper.shared().readTree(json));
    var subject =
        new Subject.Call(
            caller,
            tool,
            "Add a note",
            Tier.WRITE,
            "crm",
            "https://crm.example",
            "Add a note",
            arguments.canonical());
    return new Ask(
        kind, subject, CallDigest.of(caller, tool, arguments), context, "rule-7", caller.lead());
  }
}
