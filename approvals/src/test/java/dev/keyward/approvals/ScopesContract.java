package dev.keyward.approvals;

import static dev.keyward.approvals.ApprovalsFixture.SETTINGS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.call.ApprovalKind;
import dev.keyward.call.Arguments;
import dev.keyward.call.Caller;
import dev.keyward.call.Delegator;
import dev.keyward.call.PersonId;
import dev.keyward.call.ToolPattern;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.JsonNodeFactory;

/// Who sees and who decides, by role and scope, on every engine. The requests are refunds at
/// `stripe` for an agent of the workspace `support`.
abstract class ScopesContract extends OnEveryEngine {
  private static final Set<ApprovalState> ALL = EnumSet.allOf(ApprovalState.class);
  private static final Arguments NOTHING = Arguments.of(JsonNodeFactory.instance.objectNode());

  @Test
  void aReviewerSeesAndDecidesOnWhatTheyReview() {
    ApprovalRequest request = at.pending(at.ask(ApprovalKind.REVIEW));

    for (ReviewScope scope :
        List.of(
            ReviewScope.ALL,
            scope(Set.of("stripe.*"), Set.of(), Set.of()),
            scope(Set.of("crm.read_ticket", "stripe.create_refund"), Set.of(), Set.of()),
            scope(Set.of(), Set.of("crm", "stripe"), Set.of()),
            scope(Set.of(), Set.of(), Set.of("support")),
            scope(Set.of("stripe.*"), Set.of("stripe"), Set.of("support", "sales")))) {
      Person sam = at.people.add("sam", scope, Role.REVIEWER);
      assertTrue(sees(sam, request), scope::toString);
      assertTrue(at.approvals.objection(at.approvals.quorum(request), sam.id()).isEmpty());
    }
  }

  @Test
  void anythingElseDoesNotExistForThem() {
    ApprovalRequest request = at.pending(at.ask(ApprovalKind.REVIEW));

    for (ReviewScope scope :
        List.of(
            scope(Set.of("crm.*"), Set.of(), Set.of()),
            scope(Set.of("stripe.create_refunds"), Set.of(), Set.of()),
            scope(Set.of("stripe.create_refund"), Set.of("crm"), Set.of()),
            scope(Set.of(), Set.of("strip"), Set.of()),
            scope(Set.of("stripe.*"), Set.of("stripe"), Set.of("sales")))) {
      Person sam = at.people.add("sam", scope, Role.REVIEWER);
      assertFalse(sees(sam, request), scope::toString);
      assertInstanceOf(DecisionResult.NotAllowed.class, at.decide(request, sam, Verdict.DENY));
    }
    assertEquals(ApprovalState.PENDING, at.state(request));
  }

  @Test
  void aScopeTakesNothingFromWhoConfirms() {
    ApprovalRequest request = at.pending(at.ask(ApprovalKind.CONFIRM));
    Person dan =
        at.people.add(
            "dan", scope(Set.of("crm.*"), Set.of(), Set.of()), Role.MEMBER, Role.REVIEWER);

    assertTrue(sees(dan, request));
    assertInstanceOf(DecisionResult.Recorded.class, at.decide(request, dan, Verdict.APPROVE));
  }

  @Test
  void anAnswerCountsNoLongerOnceItsGiverReviewsOtherThings() {
    ApprovalRequest approved = at.approved(at.ask(ApprovalKind.REVIEW));

    at.people.add("rita", scope(Set.of("crm.*"), Set.of(), Set.of()), Role.REVIEWER);

    assertInstanceOf(Redemption.Changed.class, at.redeem(approved, at.call()));
    assertEquals(ApprovalState.INVALIDATED, at.state(approved));
  }

  @Test
  void aViewerSeesAllAndDecidesOnNothing() {
    ApprovalRequest request = at.pending(at.ask(ApprovalKind.REVIEW));
    Person vera = at.people.add("vera", Role.MEMBER, Role.VIEWER);

    assertTrue(sees(vera, request));
    assertInstanceOf(DecisionResult.NotAllowed.class, at.decide(request, vera, Verdict.DENY));
  }

  @Test
  void anAuditorSeesAllAndDecidesOnNothingWhateverElseTheyAre() {
    ApprovalRequest review = at.pending(at.ask(ApprovalKind.REVIEW));
    ApprovalRequest confirm = at.pending(ApprovalsFixture.ask(ApprovalKind.CONFIRM, at.caller, 7));
    Person dan = at.people.add("dan", Role.MEMBER, Role.REVIEWER, Role.AUDITOR);
    Person ada = at.people.add("ada", Role.REVIEWER, Role.AUDITOR);

    assertTrue(sees(ada, review) && sees(ada, confirm));
    assertInstanceOf(DecisionResult.NotAllowed.class, at.decide(review, ada, Verdict.APPROVE));
    assertInstanceOf(DecisionResult.NotAllowed.class, at.decide(confirm, dan, Verdict.APPROVE));
    assertInstanceOf(
        DecisionResult.NotAllowed.class,
        at.approvals.edit(review.id(), ada, review.digest(), NOTHING, ""));
  }

  @Test
  void theListIsFullThoughMuchOfItIsNotTheirs() {
    Person sam = at.people.add("sam", scope(Set.of(), Set.of(), Set.of("sales")), Role.REVIEWER);
    var roomy =
        at.restarted(new ApprovalSettings(SETTINGS.expiry(), false, QuestionLimits.of(1000)));
    Caller sales = inWorkspace(at.caller, "sales");
    for (int i = 0; i < 10; i++) {
      roomy.ask(ApprovalsFixture.ask(ApprovalKind.REVIEW, i % 5 == 0 ? sales : at.caller, i));
    }

    assertEquals(2, at.approvals.listFor(sam, ALL, 2).size());
    assertEquals(2, at.approvals.listFor(sam, ALL, 100).size());
    assertEquals(10, at.approvals.listFor(at.rita, ALL, 100).size());
  }

  @Test
  void whatEndsFirstComesFirstWithItsAnswers() {
    ApprovalRequest first = at.pending(at.ask(ApprovalKind.DUAL));
    at.clock.advance(Duration.ofMinutes(1));
    ApprovalRequest second = at.pending(ApprovalsFixture.ask(ApprovalKind.DUAL, at.caller, 2));
    at.decide(first, at.rita, Verdict.APPROVE);

    List<Undecided> waiting = at.approvals.undecidedFor(at.ravi, 10);

    assertEquals(List.of(inShort(first), inShort(second)), waiting);
    assertEquals(Set.of(at.rita.id()), waiting.getFirst().answered());
    assertEquals(List.of(inShort(first)), at.approvals.undecidedFor(at.ravi, 1));
    assertEquals(List.of(), at.approvals.undecidedFor(at.mia, 10));
    assertEquals(
        Set.of(at.now(first), at.now(second)),
        Set.copyOf(at.approvals.findAll(List.of(second.id(), first.id()))));
    assertEquals(List.of(), at.approvals.findAll(List.of()));
  }

  @Test
  void whomAnAgentWorksForKnowsThatReviewersAreAskedUnlessItIsOnlyClaimed() {
    ApprovalRequest asked = at.pending(at.ask(ApprovalKind.DUAL));
    at.pending(ApprovalsFixture.ask(ApprovalKind.CONFIRM, at.caller, 2));
    var elsewhere = new ReviewScope(Set.of(), Set.of("crm"), Set.of());
    var olga = new Person(at.olga.id(), at.olga.roles(), elsewhere);

    assertEquals(List.of(asked), at.approvals.askedOfOthers(at.dan, 10), "verified");
    assertEquals(List.of(asked), at.approvals.askedOfOthers(olga, 10), "its owner");
    assertEquals(List.of(), at.approvals.askedOfOthers(at.olga, 10), "who sees it anyway");
    assertEquals(List.of(), at.approvals.askedOfOthers(at.mia, 10));
    assertEquals(List.of(), at.approvals.askedOfOthers(at.rita, 10));
    assertEquals(List.of(), at.approvals.askedOfOthers(at.dan.as(Set.of()), 10));

    Caller claimed =
        new Caller(
            at.caller.agent(),
            at.caller.agentType(),
            at.caller.workspace(),
            at.caller.owner(),
            at.caller.run(),
            Optional.of(new Delegator(at.mia.id(), false)));
    at.pending(ApprovalsFixture.ask(ApprovalKind.DUAL, claimed, 3));
    assertEquals(List.of(), at.approvals.askedOfOthers(at.mia, 10), "the claim confers nothing");

    at.decide(asked, at.rita, Verdict.DENY);
    assertEquals(List.of(), at.approvals.askedOfOthers(at.dan, 10));
  }

  @Test
  void whatWaitsSaysForWhomAsTheWholeRequestDoes() {
    ApprovalRequest asked = at.pending(at.ask(ApprovalKind.REVIEW));
    var single = at.restarted(new ApprovalSettings(SETTINGS.expiry(), true, SETTINGS.questions()));
    single.ask(ApprovalsFixture.ask(ApprovalKind.REVIEW, at.caller, 2));
    Arguments changed = Arguments.of(JsonNodeFactory.instance.objectNode().put("amount", 3));
    at.approvals.edit(asked.id(), at.rita, asked.digest(), changed, "changed");

    for (Approvals approvals : List.of(at.approvals, single)) {
      List<Undecided> waiting = approvals.undecidedFor(at.ravi, 10);

      assertEquals(2, waiting.size());
      for (Undecided each : waiting) {
        ApprovalRequest request = approvals.find(each.id()).orElseThrow();
        assertEquals(approvals.quorum(request), each.quorum());
      }
    }
  }

  private Undecided inShort(ApprovalRequest asked) {
    ApprovalRequest request = at.now(asked);
    Set<PersonId> answered =
        request.decisions().stream().map(Decision::person).collect(Collectors.toSet());
    return new Undecided(
        request.id(), at.approvals.quorum(request), request.asked(), request.expires(), answered);
  }

  private static Caller inWorkspace(Caller caller, String workspace) {
    return new Caller(
        caller.agent(),
        caller.agentType(),
        workspace,
        caller.owner(),
        caller.run(),
        caller.delegator());
  }

  private boolean sees(Person person, ApprovalRequest request) {
    boolean found = at.approvals.findFor(person, request.id()).isPresent();
    boolean listed = at.approvals.listFor(person, ALL, 100).contains(at.now(request));
    assertEquals(found, listed, "the list and the page agree");
    return found;
  }

  private static ReviewScope scope(Set<String> tools, Set<String> systems, Set<String> workspaces) {
    Set<ToolPattern> patterns = new HashSet<>();
    tools.forEach(tool -> patterns.add(new ToolPattern(tool)));
    return new ReviewScope(patterns, systems, workspaces);
  }
}
