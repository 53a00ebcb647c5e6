package dev.keyward.approvals;

import static dev.keyward.approvals.ApprovalsFixture.ask;
import static dev.keyward.call.ApprovalKind.CONFIRM;
import static dev.keyward.call.ApprovalKind.REVIEW;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.keyward.approvals.QuestionLimits.Most;
import dev.keyward.call.AgentId;
import dev.keyward.call.Caller;
import dev.keyward.call.Delegator;
import dev.keyward.call.QuestionCap;
import dev.keyward.call.RunId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// How much people are asked, and no more, on every engine.
abstract class QuestionsContract extends OnEveryEngine {
  private static final int MANY = 20;
  private static final Duration REFILL = Duration.ofSeconds(30);
  private static final Most PLENTY = new Most(1000, 1000, Duration.ofMillis(1));

  // what waits

  @Test
  void helpersAskInTheirLeadsPlace() {
    Approvals approvals = limited(new Most(4, 1000, REFILL), PLENTY);
    for (int i = 0; i < MANY; i++) {
      approvals.ask(ask(REVIEW, helper(i, "lead-1"), i));
    }

    assertEquals(4, waiting());
    assertEquals(tooMany(QuestionCap.AGENT_OPEN, 60), again(approvals, helper(99, "lead-1")));
    assertEquals(tooMany(QuestionCap.AGENT_OPEN, 60), again(approvals, at.caller("lead-1")));
    asked(again(approvals, at.caller("helper-1"))); // for itself it has asked nothing
  }

  @Test
  void aPersonsAgentsTogetherHaveOnlySoManyWaiting() {
    Approvals approvals = limited(PLENTY, new Most(4, 1000, REFILL));
    for (int i = 0; i < MANY; i++) {
      approvals.ask(ask(CONFIRM, at.caller("agent-" + i), i));
    }

    assertEquals(4, waiting());
    assertEquals(tooMany(QuestionCap.PERSON_OPEN, 60), again(approvals, at.caller("agent-99")));
    asked(again(approvals, onAccountOf(Optional.of(new Delegator(at.mia.id(), true)))));
    asked(again(approvals, onAccountOf(Optional.empty()))); // its owner's, whom nothing waits for
  }

  @Test
  void whoClaimsToActForSomebodyUsesUpNoneOfTheirPlaces() {
    Approvals approvals = limited(PLENTY, new Most(4, 1000, REFILL));
    Caller claiming = onAccountOf(Optional.of(new Delegator(at.dan.id(), false)));
    for (int i = 0; i < 4; i++) {
      asked(approvals.ask(ask(REVIEW, claiming, i)));
    }

    assertEquals(tooMany(QuestionCap.PERSON_OPEN, 60), again(approvals, claiming));
    Caller another = onAccountOf(Optional.of(new Delegator(at.mia.id(), false)));
    assertEquals(
        tooMany(QuestionCap.PERSON_OPEN, 60), again(approvals, another), "nor is that a way out");
    asked(again(approvals, onAccountOf(Optional.of(new Delegator(at.dan.id(), true)))));
  }

  @Test
  void anAnswerMakesRoom() {
    Approvals approvals = limited(new Most(1, 1000, REFILL), PLENTY);
    ApprovalRequest first = asked(approvals.ask(ask(REVIEW, at.caller, 1)));
    assertEquals(tooMany(QuestionCap.AGENT_OPEN, 60), again(approvals, at.caller));

    at.decide(first, at.rita, Verdict.DENY);

    asked(again(approvals, at.caller));
  }

  // how often

  @Test
  void afterABurstOneQuestionFollowsInEachHalfMinute() {
    Approvals approvals = limited(new Most(1000, 3, REFILL), PLENTY);
    for (int i = 0; i < 3; i++) {
      asked(approvals.ask(ask(REVIEW, at.caller, i)));
    }

    assertEquals(tooMany(QuestionCap.AGENT_RATE, 30), again(approvals, at.caller));
    at.clock.advance(Duration.ofSeconds(20));
    assertEquals(tooMany(QuestionCap.AGENT_RATE, 10), again(approvals, at.caller));
    at.clock.advance(Duration.ofSeconds(10));
    asked(approvals.ask(ask(REVIEW, at.caller, 3)));
    assertEquals(tooMany(QuestionCap.AGENT_RATE, 30), again(approvals, at.caller));
  }

  @Test
  void silenceIsSavedUpToOneBurst() {
    Approvals approvals = limited(new Most(1000, 3, REFILL), PLENTY);
    asked(approvals.ask(ask(REVIEW, at.caller, 0)));
    at.clock.advance(Duration.ofDays(2));

    for (int i = 1; i <= 3; i++) {
      asked(approvals.ask(ask(REVIEW, at.caller, i)));
    }

    assertEquals(tooMany(QuestionCap.AGENT_RATE, 30), again(approvals, at.caller));
  }

  @Test
  void aPersonsAgentsTogetherAskOnlySoOften() {
    Approvals approvals = limited(PLENTY, new Most(1000, 3, REFILL));
    for (int i = 0; i < 3; i++) {
      asked(approvals.ask(ask(REVIEW, at.caller("agent-" + i), i)));
    }

    assertEquals(tooMany(QuestionCap.PERSON_RATE, 30), again(approvals, at.caller("agent-3")));
  }

  @Test
  void whatIsRefusedIsNotCounted() {
    Approvals approvals = limited(new Most(1000, 1, REFILL), new Most(1000, 1, REFILL));
    asked(approvals.ask(ask(REVIEW, at.caller, 0)));
    for (int i = 0; i < MANY; i++) {
      assertEquals(tooMany(QuestionCap.AGENT_RATE, 30), again(approvals, at.caller));
      assertEquals(tooMany(QuestionCap.PERSON_RATE, 30), again(approvals, at.caller("other-1")));
    }

    at.clock.advance(REFILL);

    asked(again(approvals, at.caller("other-1")));
  }

  @Test
  void theSameQuestionCostsNothingAndIsFoundWhenNothingMoreMayBeAsked() {
    Approvals approvals = limited(new Most(2, 2, REFILL), PLENTY);
    ApprovalRequest first = asked(approvals.ask(ask(REVIEW, at.caller, 1)));
    for (int i = 0; i < MANY; i++) {
      assertEquals(first, asked(approvals.ask(ask(REVIEW, at.caller, 1))));
    }

    asked(approvals.ask(ask(REVIEW, at.caller, 2)));

    assertInstanceOf(Standing.TooMany.class, again(approvals, at.caller));
    assertEquals(first, asked(approvals.ask(ask(REVIEW, at.caller, 1))));
  }

  @Test
  void takingAQuestionBackBuysNoOther() {
    Approvals approvals = limited(new Most(1, 3, REFILL), PLENTY);
    for (int i = 0; i < 3; i++) {
      ApprovalRequest request = asked(approvals.ask(ask(REVIEW, at.caller, i)));
      approvals.cancel(request.id(), at.caller.agent(), at.caller.run());
    }

    assertEquals(tooMany(QuestionCap.AGENT_RATE, 30), again(approvals, at.caller));
  }

  @Test
  void aQuestionThatIsVoidAndAskedAnewIsAnother() {
    Approvals approvals = limited(new Most(1000, 2, REFILL), PLENTY);
    asked(approvals.ask(ask(REVIEW, at.caller, 1)));
    asked(approvals.ask(ask(REVIEW, at.caller, 1, "another tool")));

    assertEquals(
        tooMany(QuestionCap.AGENT_RATE, 30),
        approvals.ask(ask(REVIEW, at.caller, 1, "a third tool")));
  }

  @Test
  void askingForMoreAccessCounts() {
    Approvals approvals = limited(new Most(1000, 2, REFILL), PLENTY);
    asked(approvals.ask(ask(REVIEW, at.caller, 1)));
    asked(approvals.ask(forMore(ask(REVIEW, at.caller, 2))));

    assertEquals(
        tooMany(QuestionCap.AGENT_RATE, 30), approvals.ask(forMore(ask(REVIEW, at.caller, 3))));
  }

  @Test
  void anotherBrokerAndARestartForgetNothing() {
    var most = new Most(1000, 2, REFILL);
    asked(limited(most, PLENTY).ask(ask(REVIEW, at.caller, 1)));
    asked(limited(most, PLENTY).ask(ask(REVIEW, at.caller, 2)));

    assertEquals(tooMany(QuestionCap.AGENT_RATE, 30), again(limited(most, PLENTY), at.caller));
  }

  @Test
  void aClockThatWasSetBackSilencesNobodyForLong() {
    Approvals approvals = limited(new Most(1000, 3, REFILL), PLENTY);
    asked(approvals.ask(ask(REVIEW, at.caller, 1)));
    at.clock.advance(Duration.ofDays(-7));

    assertEquals(tooMany(QuestionCap.AGENT_RATE, 30), again(approvals, at.caller));
    at.clock.advance(REFILL);
    asked(again(approvals, at.caller));
  }

  @Test
  void brokersWhoseClocksDifferAreNoWayToMoreQuestions() {
    Approvals approvals = limited(new Most(1000, 1, REFILL), PLENTY);
    asked(approvals.ask(ask(REVIEW, at.caller, 1)));
    at.clock.advance(Duration.ofMinutes(-1));
    assertEquals(tooMany(QuestionCap.AGENT_RATE, 90), again(approvals, at.caller));

    at.clock.advance(Duration.ofMinutes(1));

    assertEquals(tooMany(QuestionCap.AGENT_RATE, 30), again(approvals, at.caller));
  }

  @Test
  void aFloodOfHelpersFromManyThreadsStaysWithinEveryLimit() throws Exception {
    flood(limited(new Most(6, 5, REFILL), PLENTY), limited(new Most(6, 5, REFILL), PLENTY));

    assertEquals(5, waiting());
  }

  /// Each of these brokers is asked by a helper of its own for each question, all at once.
  void flood(Approvals... brokers) throws Exception {
    List<Callable<Standing>> asking = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      Ask ask = ask(REVIEW, helper(i, "lead-1"), i);
      Approvals broker = brokers[i % brokers.length];
      asking.add(() -> broker.ask(ask));
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Standing> answer : threads.invokeAll(asking)) {
        answer.get();
      }
    }
  }

  int waiting() {
    return at.approvals.list(EnumSet.of(ApprovalState.PENDING), 1000).size();
  }

  private Approvals limited(Most agent, Most person) {
    return at.restarted(limits(agent, person));
  }

  static ApprovalSettings limits(Most agent, Most person) {
    var limits = new QuestionLimits(agent, person);
    return new ApprovalSettings(ApprovalsFixture.SETTINGS.expiry(), false, limits);
  }

  private Caller helper(int number, String lead) {
    Caller alone = at.caller("helper-" + number);
    return new Caller(
        alone.agent(),
        alone.agentType(),
        alone.workspace(),
        alone.owner(),
        alone.run(),
        alone.delegator(),
        new AgentId(lead));
  }

  private Caller onAccountOf(Optional<Delegator> delegator) {
    return new Caller(
        new AgentId("other-1"),
        "triage",
        "support",
        at.olga.id(),
        RunId.random(at.random),
        delegator);
  }

  private static Ask forMore(Ask ask) {
    Subject.Call call = ask.subject().shown();
    var more =
        new Subject.Grant(
            call.caller(),
            call.tool(),
            call.title(),
            call.tier(),
            call.summary(),
            call.argumentsJson());
    return new Ask(ask.kind(), more, ask.digest(), ask.context(), ask.rule(), ask.lead());
  }

  /// One more question, which nobody has asked before.
  private Standing again(Approvals approvals, Caller caller) {
    return approvals.ask(ask(REVIEW, caller, at.random.nextInt(1_000, Integer.MAX_VALUE)));
  }

  private static Standing tooMany(QuestionCap cap, int seconds) {
    return new Standing.TooMany(cap, Duration.ofSeconds(seconds));
  }

  private static ApprovalRequest asked(Standing standing) {
    return assertInstanceOf(Standing.Pending.class, standing).request();
  }
}
