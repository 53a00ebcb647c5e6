package dev.keyward.approvals;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.call.ApprovalKind;
import dev.keyward.call.PersonId;
import dev.keyward.call.ToolPattern;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// A reviewer's place in somebody else's hands, on every engine: what is reviewed is lent, never
/// independence, and two who share a place are one.
abstract class LoansContract extends OnEveryEngine {
  private static final Set<ApprovalState> ALL = EnumSet.allOf(ApprovalState.class);

  @Test
  void aBorrowerSeesAndDecidesOnWhatTheLenderReviews() {
    ApprovalRequest request = at.pending(at.ask(ApprovalKind.REVIEW));
    assertFalse(at.approvals.findFor(at.mia, request.id()).isPresent());

    Person mia = at.people.lend(at.mia, at.rita);

    assertTrue(at.approvals.findFor(mia, request.id()).isPresent());
    assertEquals(1, at.approvals.listFor(mia, ALL, 10).size());
    assertInstanceOf(DecisionResult.Recorded.class, at.decide(request, mia, Verdict.APPROVE));
    Decision decision = at.now(request).decisions().getFirst();
    assertEquals(Optional.of(at.rita.id()), decision.inPlaceOf());
    assertInstanceOf(Redemption.Redeemed.class, at.redeem(request, at.call()));
  }

  @Test
  void noMoreIsLentThanTheLenderReviews() {
    ApprovalRequest request = at.pending(at.ask(ApprovalKind.REVIEW));
    var crm = new ReviewScope(Set.of(new ToolPattern("crm.*")), Set.of(), Set.of());
    Person carl = at.people.add("carl", crm, Role.REVIEWER);
    Person mia = at.people.lend(at.mia, carl);

    assertFalse(at.approvals.findFor(mia, request.id()).isPresent());
    assertEquals(List.of(), at.approvals.listFor(mia, ALL, 10));
    assertInstanceOf(DecisionResult.NotAllowed.class, at.decide(request, mia, Verdict.DENY));
    Person both = at.people.lend(mia, carl, at.rita);
    assertEquals(1, at.approvals.listFor(both, ALL, 10).size());
  }

  @Test
  void independenceIsNotLent() {
    ApprovalRequest request = at.pending(at.ask(ApprovalKind.REVIEW));
    Person dan = at.people.lend(at.dan, at.rita);
    Person mia = at.people.lend(at.mia, at.olga);
    Person ada = at.people.add("ada", Role.AUDITOR);
    Person auditor = at.people.lend(ada, at.rita);

    for (Person person : List.of(dan, mia, auditor)) {
      assertInstanceOf(
          DecisionResult.NotAllowed.class,
          at.decide(request, person, Verdict.APPROVE),
          person.id().value());
    }
    assertEquals(ApprovalState.PENDING, at.state(request));
  }

  @Test
  void lenderAndBorrowerAreOneWhereTwoMustAgree() {
    ApprovalRequest request = at.pending(at.ask(ApprovalKind.DUAL));
    Person mia = at.people.lend(at.mia, at.rita);

    at.decide(request, mia, Verdict.APPROVE);
    List<PersonId> used = at.approvals.inTheSamePlace(at.now(request), at.rita);
    List<PersonId> free = at.approvals.inTheSamePlace(at.now(request), at.ravi);
    at.decide(request, at.rita, Verdict.APPROVE);

    assertEquals(List.of(mia.id()), used);
    assertEquals(List.of(), free);
    assertEquals(List.of(), at.approvals.inTheSamePlace(at.now(request), at.dan), "may not at all");
    assertEquals(ApprovalState.PARTIAL, at.state(request));
    assertEquals(1, at.approvals.agreed(at.now(request)));
    at.decide(request, at.ravi, Verdict.APPROVE);
    assertEquals(ApprovalState.APPROVED, at.state(request));
  }

  @Test
  void soTheyAreWhoeverIsFirst() {
    ApprovalRequest request = at.pending(at.ask(ApprovalKind.DUAL));
    Person mia = at.people.lend(at.mia, at.rita);

    at.decide(request, at.rita, Verdict.APPROVE);
    at.decide(request, mia, Verdict.APPROVE);

    assertEquals(ApprovalState.PARTIAL, at.state(request));
    assertEquals(1, at.approvals.agreed(at.now(request)));
  }

  @Test
  void twoWhoBorrowOnePlaceAreOneAndOfTwoPlacesToo() {
    ApprovalRequest request = at.pending(at.ask(ApprovalKind.DUAL));
    Person mia = at.people.lend(at.mia, at.rita, at.ravi);
    Person max = at.people.lend(at.people.add("max", Role.MEMBER), at.ravi);

    at.decide(request, mia, Verdict.APPROVE);
    at.decide(request, max, Verdict.APPROVE);
    at.decide(request, at.rita, Verdict.APPROVE);
    at.decide(request, at.ravi, Verdict.APPROVE);

    assertEquals(ApprovalState.PARTIAL, at.state(request));
    at.decide(request, at.rosa, Verdict.APPROVE);
    assertEquals(ApprovalState.APPROVED, at.state(request));
  }

  @Test
  void aBorrowedPlaceIsNotLentOn() {
    ApprovalRequest request = at.pending(at.ask(ApprovalKind.REVIEW));
    Person mia = at.people.lend(at.mia, at.rita);
    Person max = at.people.lend(at.people.add("max", Role.MEMBER), mia);

    assertInstanceOf(DecisionResult.NotAllowed.class, at.decide(request, max, Verdict.APPROVE));
    Person loop = at.people.lend(mia, max);
    assertInstanceOf(DecisionResult.NotAllowed.class, at.decide(request, loop, Verdict.APPROVE));
  }

  @Test
  void whatWasApprovedInALentPlaceCountsWhileItIsLent() {
    ApprovalRequest ended = at.pending(at.ask(ApprovalKind.REVIEW));
    at.decide(ended, at.people.lend(at.mia, at.rita), Verdict.APPROVE);
    at.people.lend(at.mia);

    assertInstanceOf(Redemption.Changed.class, at.redeem(ended, at.call()));
    ApprovalRequest demoted = at.pending(at.ask(ApprovalKind.REVIEW));
    at.decide(demoted, at.people.lend(at.mia, at.rita), Verdict.APPROVE);
    at.people.lend(at.mia, at.people.add("rita", Role.MEMBER));
    assertInstanceOf(Redemption.Changed.class, at.redeem(demoted, at.call()));
  }

  @Test
  void anotherLoanOfThePlaceRevivesNothing() {
    ApprovalRequest request = at.pending(at.ask(ApprovalKind.REVIEW));
    at.decide(request, at.people.lend(at.mia, at.rita), Verdict.APPROVE);
    at.clock.advance(Duration.ofMinutes(1));
    Person again = at.people.lend(at.mia, at.rita.lentSince(at.clock.instant()));

    assertInstanceOf(Redemption.Changed.class, at.redeem(request, at.call()));
    ApprovalRequest next = at.pending(at.ask(ApprovalKind.REVIEW));
    at.decide(next, again, Verdict.APPROVE);
    assertInstanceOf(Redemption.Redeemed.class, at.redeem(next, at.call()));
  }
}
