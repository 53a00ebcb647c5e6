package dev.keyward.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class RefusalTest {
  private static final ApprovalId APPROVAL = new ApprovalId("apr_" + "0".repeat(26));
  private static final CallId CALL = new CallId("call_" + "0".repeat(26));

  static Stream<Refusal> all() {
    return Stream.of(
        new Refusal.Unauthenticated(),
        new Refusal.InsufficientScope("tools"),
        new Refusal.UnknownTool(),
        new Refusal.InvalidArguments("/id", "must be text"),
        new Refusal.SecretInArguments(),
        new Refusal.HandleRefused("/link", HandleFault.FORGED),
        new Refusal.HandleRefused("/link", HandleFault.FOREIGN),
        new Refusal.HandleRefused("/link", HandleFault.EXPIRED),
        new Refusal.HandleRefused("/link", HandleFault.MISPLACED),
        new Refusal.HandleRefused("/link", HandleFault.NOT_FOR_THIS_TOOL),
        new Refusal.HandleRefused("/link", HandleFault.NOT_AS_GIVEN),
        new Refusal.HandleRefused("/link", HandleFault.UNFIT),
        new Refusal.RunPaused(),
        new Refusal.Stopped("this agent", false),
        new Refusal.Stopped("this tool", true),
        new Refusal.OutsideGrants(GrantPart.RECORD),
        new Refusal.IdNotShown("/ticket_id", "ticket"),
        new Refusal.Proposed(),
        new Refusal.DeniedByPolicy("read-only"),
        new Refusal.Pending(APPROVAL, ApprovalKind.CONFIRM, Instant.EPOCH),
        new Refusal.Pending(APPROVAL, ApprovalKind.REVIEW, Instant.EPOCH),
        new Refusal.Pending(APPROVAL, ApprovalKind.DUAL, Instant.EPOCH),
        new Refusal.NotApproved(APPROVAL, ""),
        new Refusal.NotApproved(APPROVAL, "ask finance first"),
        new Refusal.ApprovalExpired(APPROVAL),
        new Refusal.ApprovalInvalidated(APPROVAL),
        new Refusal.TwinOpen(CALL),
        new Refusal.TwinUnknown(CALL),
        new Refusal.TwinHappened(CALL, "Looked in the ledger"),
        new Refusal.TooMany("calls in flight", Duration.ofSeconds(2)),
        new Refusal.TooManyQuestions(QuestionCap.AGENT_OPEN, Duration.ofMinutes(1)),
        new Refusal.TooManyQuestions(QuestionCap.PERSON_OPEN, Duration.ofMinutes(1)),
        new Refusal.TooManyQuestions(QuestionCap.AGENT_RATE, Duration.ofSeconds(30)),
        new Refusal.TooManyQuestions(QuestionCap.COOL_DOWN, Duration.ofMinutes(9)),
        new Refusal.TooManyQuestions(QuestionCap.PERSON_RATE, Duration.ofSeconds(30)),
        new Refusal.TargetDown(Duration.ofSeconds(9)),
        new Refusal.CredentialMissing(),
        new Refusal.AccountNotConnected("mail"),
        new Refusal.DelegatorNotVerified(),
        new Refusal.CredentialUnavailable(),
        new Refusal.UpstreamUnreachable(),
        new Refusal.AddressNotAllowed(),
        new Refusal.UpstreamUnusable("is too large"),
        new Refusal.OutcomeUnknown(),
        new Refusal.Withheld(),
        new Refusal.AnswerLost(true),
        new Refusal.AnswerLost(false),
        new Refusal.AuditUnavailable(),
        new Refusal.Cancelled(),
        new Refusal.Broken());
  }

  @ParameterizedTest
  @MethodSource("all")
  void everyMessageIsASentenceThatEnds(Refusal refusal) {
    String message = refusal.message();

    assertTrue(message.matches("[A-Z].*\\."), message);
    assertFalse(
        message.contains("  ") || message.contains("..") || message.contains("null"), message);
  }

  @Test
  void everyCaseHasItsOwnCode() {
    Set<String> codes = new TreeSet<>();
    all().forEach(refusal -> codes.add(refusal.code()));
    var cases = Refusal.class.getPermittedSubclasses();

    assertEquals(cases.length, codes.size());
    assertTrue(codes.stream().allMatch(code -> code.matches("[a-z]+(_[a-z]+)*")));
  }

  @Test
  void aTimeToWaitIsNeverLessThanASecond() {
    assertEquals(
        "Not executed: too many calls in flight. Try again in 1 s.",
        new Refusal.TooMany("calls in flight", Duration.ofMillis(20)).message());
  }

  @Test
  void aReviewersNoteEndsWithinItsQuotationMarks() {
    assertEquals(
        "Not executed: a person declined approval " + APPROVAL + ". Reviewer's note: \"no\".",
        new Refusal.NotApproved(APPROVAL, "no").message());
  }

  @Test
  void anExceptionShowsTheCodeAndNotTheField() {
    var refused = new CallRefused(new Refusal.InvalidArguments("/canary", "must be canary"));

    assertEquals("invalid_arguments", refused.getMessage());
    assertFalse(refused.toString().contains("canary"));
  }
}
