package dev.keyward.approvals;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.approvals.passkey.Passkey;
import dev.keyward.approvals.passkey.PasskeyRefused;
import dev.keyward.approvals.passkey.PasskeySite;
import dev.keyward.approvals.web.SoftPasskey;
import dev.keyward.call.ApprovalKind;
import dev.keyward.call.Arguments;
import dev.keyward.call.CallDigest;
import dev.keyward.call.Tier;
import dev.keyward.call.ToolName;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// In an emergency somebody approves alone, once and for one call, and somebody else looks at it
/// afterwards: on every engine.
abstract class BreakGlassContract extends OnEveryEngine {
  private static final PasskeySite SITE = new PasskeySite(URI.create("http://localhost:7411"));
  private static final String VIEW = "5".repeat(64);
  private static final String REASON = "customers cannot pay";
  private static final String TICKET = "INC-4812";

  private final SoftPasskey device = new SoftPasskey(SITE.origin().toString());
  private Person gina;
  private Passkey passkey;

  @BeforeEach
  void giveGinaAPasskey() throws PasskeyRefused {
    gina = at.people.add("gina", Role.MEMBER, Role.BREAK_GLASS);
    byte[] challenge = new byte[32];
    String made = device.made(SITE.making(gina.id(), challenge));
    passkey = SITE.made(gina.id(), challenge, made);
    at.people.passkey(gina, passkey);
  }

  @Test
  void oneCallRunsOnceInPlaceOfTwoWhoWouldHaveToAgree() throws PasskeyRefused {
    ApprovalRequest request = at.pending(at.ask(ApprovalKind.DUAL));

    assertInstanceOf(DecisionResult.Recorded.class, broken(request, gina));

    Decision decision = at.now(request).decisions().getFirst();
    assertEquals(ApprovalState.APPROVED, at.state(request));
    assertEquals(Optional.of(TICKET), decision.ticket());
    assertEquals(Role.BREAK_GLASS, decision.role());
    decision
        .receipt()
        .orElseThrow()
        .require(
            GlassBreak.document(request.id(), request.digest(), VIEW, gina.id(), REASON, TICKET),
            gina.id());
    assertInstanceOf(Redemption.Redeemed.class, at.redeem(request, at.call()));
    assertInstanceOf(Redemption.Gone.class, at.redeem(request, at.call()));
    ApprovalRequest next = at.pending(at.ask(ApprovalKind.DUAL));
    assertEquals(ApprovalState.PENDING, next.state(), "the same call once more is asked anew");
  }

  @Test
  void oneSignatureBreaksTheGlassOnceAndForNothingElse() {
    ApprovalRequest request = at.pending(at.ask(ApprovalKind.REVIEW));
    ApprovalRequest other = at.pending(ApprovalsFixture.ask(ApprovalKind.REVIEW, at.caller, 2));
    GlassBreak how = how(request, gina);

    assertInstanceOf(
        DecisionResult.NotAllowed.class, at.approvals.breakGlass(other.id(), gina, how));
    assertInstanceOf(
        DecisionResult.NotAllowed.class, at.approvals.breakGlass(request.id(), at.rita, how));
    for (GlassBreak changed :
        List.of(
            new GlassBreak("another reason", TICKET, how.shown(), VIEW, how.receipt()),
            new GlassBreak(REASON, "INC-1", how.shown(), VIEW, how.receipt()),
            new GlassBreak(REASON, TICKET, how.shown(), "6".repeat(64), how.receipt()))) {
      assertInstanceOf(
          DecisionResult.NotAllowed.class, at.approvals.breakGlass(request.id(), gina, changed));
    }
    assertInstanceOf(
        DecisionResult.NotAllowed.class,
        at.approvals.decide(
            request.id(),
            gina,
            new Answer(
                Verdict.APPROVE,
                "",
                request.digest(),
                VIEW,
                Duration.ZERO,
                Optional.empty(),
                Optional.of(how.receipt()))),
        "nor is it an ordinary approval's");
    assertInstanceOf(
        DecisionResult.Recorded.class, at.approvals.breakGlass(request.id(), gina, how));
    assertInstanceOf(
        DecisionResult.AlreadyDecided.class, at.approvals.breakGlass(request.id(), gina, how));
    at.redeem(request, at.call());
    assertInstanceOf(
        DecisionResult.AlreadyDecided.class, at.approvals.breakGlass(request.id(), gina, how));
    assertEquals(1, at.now(request).decisions().size());
  }

  @Test
  void onlyTheRoleWithItsOwnPasskeyBreaksIt() {
    ApprovalRequest request = at.pending(at.ask(ApprovalKind.REVIEW));
    for (Person person :
        List.of(
            at.rita,
            at.people.add("root", Role.ADMINISTRATOR, Role.REVIEWER),
            at.people.add("ada", Role.AUDITOR, Role.BREAK_GLASS))) {
      at.people.passkey(person, passkey);
      assertInstanceOf(DecisionResult.NotAllowed.class, broken(request, person));
    }
    Person without = at.people.add("gregor", Role.BREAK_GLASS);
    assertInstanceOf(DecisionResult.NotAllowed.class, broken(request, without));

    assertEquals(ApprovalState.PENDING, at.state(request));
    assertEquals(0, at.approvals.glassReviews().open());
  }

  @Test
  void itIsBrokenForOneCallAndNotForMoreAccess() {
    var tool = new ToolName("keyward.request_access");
    var arguments = Arguments.of(JsonNodeFactory.instance.objectNode().put("tools", "crm.*"));
    var more =
        new Subject.Grant(
            at.caller, tool, "More access", Tier.WRITE, "crm.*", arguments.canonical());
    ApprovalRequest request =
        at.pending(
            new Ask(
                ApprovalKind.DUAL,
                more,
                CallDigest.of(at.caller, tool, arguments),
                ApprovalsFixture.CONTEXT,
                "rule-7",
                at.caller.agent()));

    assertRefused("for one call, not for more access", broken(request, gina));
  }

  @Test
  void whoeverChangedTheCallHasSomebodyElseBreakIt() throws PasskeyRefused {
    Person both = breaker("greta", Role.REVIEWER, Role.BREAK_GLASS);
    ApprovalRequest asked = at.pending(at.ask(ApprovalKind.DUAL));
    var other = Arguments.of(JsonNodeFactory.instance.objectNode().put("amount", 999));
    at.approvals.edit(asked.id(), both, asked.running(), other, "Refund 999");

    assertRefused("You changed this call", broken(at.now(asked), both));
  }

  @ParameterizedTest
  @ValueSource(strings = {"olga", "dan"})
  void whomTheAgentWorksForHasSomebodyElseBreakIt(String name) throws PasskeyRefused {
    Person person = breaker(name, Role.REVIEWER, Role.BREAK_GLASS);
    ApprovalRequest asked = at.pending(at.ask(ApprovalKind.DUAL));

    assertRefused("The agent works for you", broken(asked, person));
    assertEquals(ApprovalState.PENDING, at.state(asked));
  }

  private static void assertRefused(String why, DecisionResult result) {
    String said = assertInstanceOf(DecisionResult.NotAllowed.class, result).why();
    assertTrue(said.contains(why), said);
  }

  private Person breaker(String name, Role... roles) throws PasskeyRefused {
    Person person = at.people.add(name, roles);
    byte[] challenge = new byte[32];
    String made = device.made(SITE.making(person.id(), challenge));
    at.people.passkey(person, SITE.made(person.id(), challenge, made));
    return person;
  }

  @Test
  void itOverridesNeitherANoNorWhoeverConfirms() {
    ApprovalRequest denied = at.pending(at.ask(ApprovalKind.REVIEW));
    at.decide(denied, at.rita, Verdict.DENY);
    ApprovalRequest confirm = at.pending(ApprovalsFixture.ask(ApprovalKind.CONFIRM, at.caller, 3));
    ApprovalRequest late = at.pending(ApprovalsFixture.ask(ApprovalKind.REVIEW, at.caller, 4));
    GlassBreak forLate = how(late, gina);

    assertInstanceOf(DecisionResult.AlreadyDecided.class, broken(denied, gina));
    assertInstanceOf(DecisionResult.NotAllowed.class, broken(confirm, gina));
    at.expire();
    assertInstanceOf(
        DecisionResult.AlreadyDecided.class, at.approvals.breakGlass(late.id(), gina, forLate));
    assertEquals(ApprovalState.DENIED, at.state(denied));
  }

  @Test
  void whatNoLongerFitsIsInvalidatedAsEveryOtherApproval() {
    ApprovalRequest changed = at.pending(at.ask(ApprovalKind.REVIEW));
    broken(changed, gina);
    assertInstanceOf(
        Redemption.Changed.class,
        at.redeem(changed, changed.digest(), "tool 2", ApprovalKind.REVIEW, at.call()));

    ApprovalRequest removed = at.pending(at.ask(ApprovalKind.REVIEW));
    broken(removed, gina);
    at.people.add("gina", Role.REVIEWER);
    assertInstanceOf(
        Redemption.Changed.class, at.redeem(removed, at.call()), "the role is gone, so is the yes");
  }

  @Test
  void whoHasAgreedAlreadyAndIsAloneCanStillBreakIt() {
    ApprovalRequest request = at.pending(at.ask(ApprovalKind.DUAL));
    Person both = at.people.add("gina", Role.REVIEWER, Role.BREAK_GLASS);
    at.approvals.decide(request.id(), both, signedApproval(request, both));
    assertEquals(ApprovalState.PARTIAL, at.state(request));

    assertInstanceOf(DecisionResult.Recorded.class, broken(request, both));

    assertEquals(ApprovalState.APPROVED, at.state(request));
    assertEquals(2, at.now(request).decisions().size());
  }

  @Test
  void aReviewStaysOpenUntilSomebodyElseClosesIt() {
    ApprovalRequest request = at.pending(at.ask(ApprovalKind.REVIEW));
    gina = at.people.add("gina", Role.REVIEWER, Role.BREAK_GLASS);
    broken(request, gina);
    GlassReviews reviews = at.approvals.glassReviews();
    assertEquals(1, reviews.open());
    assertEquals(TICKET, reviews.list(10).getFirst().broke().ticket().orElseThrow());

    for (Person person : List.of(gina, at.olga, at.dan, at.mia)) {
      assertEquals(
          GlassReview.Result.NOT_YOURS, reviews.close(request.id(), person.id(), true, "fine"));
    }
    assertEquals(1, reviews.open());
    assertEquals(
        GlassReview.Result.CLOSED, reviews.close(request.id(), at.rita.id(), false, "not urgent"));
    assertEquals(
        GlassReview.Result.NOT_OPEN, reviews.close(request.id(), at.ravi.id(), true, "it was"));

    assertEquals(0, reviews.open());
    GlassReview.Closing closing = reviews.list(10).getFirst().closing().orElseThrow();
    assertEquals(at.rita.id(), closing.by());
    assertFalse(closing.justified());
    assertTrue(
        at.listener.events().stream().anyMatch(ApprovalEvent.GlassReviewed.class::isInstance));
  }

  @Test
  void withoutAReasonAndATicketThereIsNothingToSign() {
    GlassBreak how = how(at.pending(at.ask(ApprovalKind.REVIEW)), gina);

    for (String reason : List.of("", "  ", "a\u202eb", "x".repeat(501))) {
      assertThrows(
          IllegalArgumentException.class,
          () -> new GlassBreak(reason, TICKET, how.shown(), VIEW, how.receipt()));
    }
    for (String ticket : List.of("", "two words", "x".repeat(65))) {
      assertThrows(
          IllegalArgumentException.class,
          () -> new GlassBreak(REASON, ticket, how.shown(), VIEW, how.receipt()));
    }
  }

  private DecisionResult broken(ApprovalRequest request, Person person) {
    return at.approvals.breakGlass(request.id(), person, how(request, person));
  }

  private GlassBreak how(ApprovalRequest request, Person person) {
    var document =
        GlassBreak.document(request.id(), request.running(), VIEW, person.id(), REASON, TICKET);
    return new GlassBreak(REASON, TICKET, request.running(), VIEW, receipt(person, document));
  }

  private Answer signedApproval(ApprovalRequest request, Person person) {
    Receipt receipt =
        receipt(person, Receipt.document(request.id(), request.digest(), VIEW, person.id()));
    return new Answer(
        Verdict.APPROVE,
        "",
        request.digest(),
        VIEW,
        Duration.ZERO,
        Optional.empty(),
        Optional.of(receipt));
  }

  private Receipt receipt(Person person, JsonNode document) {
    Passkey own = at.people.passkey(person.id()).orElse(passkey);
    String options = SITE.asking(own, Receipt.challenge(document));
    return new Receipt(SITE.origin(), own, device.signed(options));
  }
}
