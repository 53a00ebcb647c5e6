package dev.keyward.server.audit;

import dev.keyward.approvals.Allowance;
import dev.keyward.approvals.ApprovalEvent;
import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.ApprovalState;
import dev.keyward.approvals.Decision;
import dev.keyward.approvals.Edit;
import dev.keyward.approvals.Effect;
import dev.keyward.approvals.Independence;
import dev.keyward.approvals.ReviewScope;
import dev.keyward.approvals.Role;
import dev.keyward.approvals.Settlement;
import dev.keyward.approvals.Subject;
import dev.keyward.approvals.Verdict;
import dev.keyward.approvals.passkey.Passkey;
import dev.keyward.call.AgentId;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.ApprovalKind;
import dev.keyward.call.CallDigest;
import dev.keyward.call.CallId;
import dev.keyward.call.Caller;
import dev.keyward.call.Delegator;
import dev.keyward.call.LeaseId;
import dev.keyward.call.PersonId;
import dev.keyward.call.Refusal;
import dev.keyward.call.RunId;
import dev.keyward.call.Tier;
import dev.keyward.call.ToolName;
import dev.keyward.call.ToolPattern;
import dev.keyward.catalog.CredentialRef;
import dev.keyward.catalog.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Events to test with. [#CANARY] stands wherever somebody else's text can.
final class Samples {
  static final String HANDLE = "kw_h_reset_link_0123456789abcdefghjkmnpqrs";
  static final String CANARY = "sk_live_canary_4f9a1c77";
  static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
  static final CallId CALL = new CallId("call_" + "c".repeat(26));
  static final RunId RUN = new RunId("run_" + "r".repeat(26));
  static final ApprovalId APPROVAL = new ApprovalId("apr_" + "a".repeat(26));
  static final AgentId AGENT = new AgentId("triage-1");
  static final ToolName TOOL = new ToolName("stripe.create_refund");
  static final PersonId ALICE = new PersonId("alice");
  static final PersonId BOB = new PersonId("bob");
  static final CredentialRef KEY = new CredentialRef("local", "stripe", "key");
  static final RunFacts JOB =
      new RunFacts(
          Optional.of(new RunId("run_" + "p".repeat(26))),
          Optional.of(AGENT),
          "Answer ticket 4812",
          Optional.of("triage"),
          "advisory",
          2,
          "e".repeat(64));
  static final CallDigest DIGEST = new CallDigest("d".repeat(64));
  static final ServerFacts FACTS = facts("broker.example+00000000+AAAA");
  private static final LeaseId LEASE = new LeaseId("lease_" + "m".repeat(26));
  private static final CredentialRef MINT = CredentialRef.parse("mint:crm");
  private static final CredentialUsed MINTED =
      new CredentialUsed(
          MINT,
          4,
          false,
          Optional.of(Duration.ofMinutes(5)),
          Optional.of(
              new CredentialUsed.Minted(
                  "oauth_client_credentials", "a b", "a", "0123456789abcdef", Optional.empty())));
  private static final String INTENT_CHAIN = "chain_" + "0".repeat(26);

  private Samples() {}

  static Caller caller() {
    return new Caller(
        AGENT, "triage", "support", ALICE, RUN, Optional.of(new Delegator(BOB, true)));
  }

  static AuditEvent.CallIntent intent(CallId call) {
    return new AuditEvent.CallIntent(
        call,
        caller(),
        "stdio",
        permission(),
        new Ruling(
            "refunds need two",
            Ruling.Effect.DUAL,
            Optional.of("6".repeat(64)),
            Optional.empty(),
            List.of(new Ruling.Observed("no refunds at night", Ruling.Effect.DENY))),
        Optional.of(ApprovalUsed.of(request(ApprovalState.CONSUMED))),
        Optional.of(KEY),
        Target.of("stripe", "https://api.stripe.example"));
  }

  static AuditEvent.CallOutcome outcome(CallId call) {
    return new AuditEvent.CallOutcome(
        call,
        caller(),
        TOOL,
        Ending.ANSWERED,
        "ok",
        Optional.of(
            new CredentialUsed(
                KEY, 3, false, Optional.of(Duration.ofMinutes(15)), Optional.empty())),
        List.of(
            new UpstreamCall(
                "POST",
                "https://api.stripe.example",
                "/v1/refunds/{charge}",
                List.of(
                    new UpstreamCall.Attempt(401, Duration.ofMillis(12)),
                    new UpstreamCall.Attempt(200, Duration.ofMillis(40))))),
        2,
        Duration.ofMillis(61));
  }

  /// One event of each wire type.
  static Map<String, AuditEvent> each() {
    Map<String, AuditEvent> events = new LinkedHashMap<>();
    for (AuditEvent event : all()) {
      AuditEvent before = events.put(event.type(), event);
      if (before != null) {
        throw new IllegalStateException("two samples of " + event.type());
      }
    }
    return events;
  }

  private static List<AuditEvent> all() {
    Actor operator = new Actor.Operator();
    Actor person = new Actor.Person(ALICE);
    return List.of(
        new AuditEvent.ServerStart(
            "broker-1",
            FACTS,
            2,
            List.of(new ChainHead(INTENT_CHAIN, 17, "9".repeat(64))),
            Optional.of(new CheckpointName("8".repeat(64)))),
        new AuditEvent.ServerStop(),
        intent(CALL),
        outcome(CALL),
        refused(new Refusal.DeniedByPolicy("read only")),
        new AuditEvent.CallUnknown(CALL, RUN, AGENT, TOOL, INTENT_CHAIN, 16),
        new AuditEvent.CallSettled(
            CALL,
            caller(),
            TOOL,
            Optional.of(APPROVAL),
            new Settlement(BOB, Effect.HAPPENED, CANARY, NOON, Independence.INDEPENDENT)),
        new AuditEvent.CallNotRecorded(CALL, RUN, AGENT, TOOL, INTENT_CHAIN, 16),
        new AuditEvent.HandleGiven(CALL, RUN, AGENT, TOOL, HANDLE),
        new AuditEvent.HandleUsed(CALL, RUN, AGENT, TOOL, HANDLE),
        new AuditEvent.ArgumentsErased(CALL, operator),
        changed(new ApprovalEvent.Created(request(ApprovalState.PENDING), NOON)),
        changed(new ApprovalEvent.Decided(request(ApprovalState.PARTIAL), NOON, decision())),
        changed(new ApprovalEvent.Decided(request(ApprovalState.APPROVED), NOON, decision())),
        changed(new ApprovalEvent.Decided(request(ApprovalState.DENIED), NOON, decision())),
        changed(new ApprovalEvent.Decided(request(ApprovalState.APPROVED), NOON, brokenGlass())),
        changed(new ApprovalEvent.GlassReviewed(request(ApprovalState.DONE), NOON, ALICE, false)),
        changed(new ApprovalEvent.Edited(edited(), NOON)),
        changed(new ApprovalEvent.Prolonged(request(ApprovalState.PARTIAL), NOON, BOB)),
        changed(
            new ApprovalEvent.Previewed(
                request(ApprovalState.PENDING), NOON, Optional.of(CALL), "ok")),
        changed(new ApprovalEvent.Consumed(request(ApprovalState.CONSUMED), NOON, CALL)),
        changed(new ApprovalEvent.GivenBack(request(ApprovalState.APPROVED), NOON, CALL)),
        changed(new ApprovalEvent.Closed(request(ApprovalState.DONE), NOON, CALL)),
        changed(new ApprovalEvent.Closed(request(ApprovalState.UNKNOWN), NOON, CALL)),
        changed(new ApprovalEvent.Expired(request(ApprovalState.EXPIRED), NOON)),
        changed(new ApprovalEvent.Cancelled(request(ApprovalState.CANCELLED), NOON)),
        changed(
            new ApprovalEvent.Invalidated(
                request(ApprovalState.INVALIDATED), NOON, ApprovalEvent.Mismatch.STRICTER)),
        changed(
            new ApprovalEvent.AllowanceGiven(
                request(ApprovalState.APPROVED),
                NOON,
                BOB,
                new Allowance(Set.of("text", "charge"), 5, Duration.ofMinutes(15)))),
        changed(new ApprovalEvent.AllowanceUsed(request(ApprovalState.APPROVED), NOON, APPROVAL)),
        changed(
            new ApprovalEvent.AllowanceEnded(request(ApprovalState.DONE), NOON, Optional.of(BOB))),
        new AuditEvent.AgentAdded(
            AGENT, "triage", "support", ALICE, List.of("crm.*"), Optional.of(NOON), operator),
        new AuditEvent.AgentRotated(AGENT, Optional.of(NOON), operator),
        new AuditEvent.AgentTools(AGENT, List.of("crm.*", "stripe.list_invoices"), operator),
        new AuditEvent.AgentRevoked(AGENT, person),
        new AuditEvent.RunOpened(
            RUN, AGENT, Optional.of(new Delegator(BOB, false)), NOON, Optional.of(JOB)),
        new AuditEvent.RunWidened(
            RUN, AGENT, Optional.of(APPROVAL), Optional.empty(), "e".repeat(64)),
        new AuditEvent.RunEnded(RUN, AGENT, "idle"),
        new AuditEvent.LeaseMade(LEASE, RUN, AGENT, MINTED),
        new AuditEvent.LeaseNotRevoked(LEASE, RUN, AGENT, MINT, "run_ended"),
        new AuditEvent.LeaseEnded(
            LEASE, RUN, AGENT, MINT, "run_ended", "done", 2, Optional.of("0123456789abcdef")),
        new AuditEvent.AccountConnected(MINT, "a b", operator),
        new AuditEvent.AccountLost(MINT),
        new AuditEvent.AccountRemoved(MINT, "done", operator),
        new AuditEvent.StopOrdered("agent", AGENT.value(), "it deletes tickets", person),
        new AuditEvent.StopLifted("all", "", operator),
        new AuditEvent.PersonAdded(BOB, List.of("reviewer"), operator),
        new AuditEvent.PersonBound(BOB, "https://sso.example.com", "0a1b2c"),
        new AuditEvent.PersonRoles(BOB, List.of("reviewer")),
        new AuditEvent.PlaceLent(BOB, ALICE, NOON.plusSeconds(86_400), Optional.empty(), person),
        new AuditEvent.PlaceTakenBack(BOB, ALICE, operator),
        new AuditEvent.PersonScoped(
            BOB,
            new ReviewScope(Set.of(new ToolPattern("crm.*")), Set.of("crm"), Set.of("support")),
            new Actor.Operator()),
        new AuditEvent.PersonAddress(BOB, true, operator),
        new AuditEvent.PersonRemoved(BOB, operator),
        new AuditEvent.PersonLink(BOB, operator),
        new AuditEvent.PasskeyMade(BOB, new Passkey("YWJj", "ZGVm")),
        new AuditEvent.PasskeyForgotten(BOB, operator),
        new AuditEvent.SignedIn(BOB, "link"),
        new AuditEvent.SignedOut(BOB, "asked"),
        new AuditEvent.SignInRefused("link_used"),
        new AuditEvent.SecretSet(KEY, 1, operator),
        new AuditEvent.SecretRotated(KEY, 2, new Actor.Broker()),
        new AuditEvent.SecretRolledBack(KEY, 3, 1, operator),
        new AuditEvent.SecretExported(KEY, 3, operator),
        new AuditEvent.SecretRemoved(KEY, operator),
        new AuditEvent.MasterKeyChanged(operator),
        new AuditEvent.CatalogChanged("4".repeat(64), 7, 1),
        new AuditEvent.PolicyChanged("6".repeat(64), 12, 0),
        new AuditEvent.UnauthenticatedSampled(250, Duration.ofMinutes(1)),
        new AuditEvent.UnusualFound(CALL, RUN, AGENT, TOOL, "write_burst", 31, 30, "review"),
        new AuditEvent.CallsLimited(AGENT, 990, Duration.ofMinutes(1)),
        new AuditEvent.ClockAnomaly(NOON, NOON.minusSeconds(90)));
  }

  static AuditEvent.CallRefused refused(Refusal refusal) {
    return new AuditEvent.CallRefused(
        CALL,
        Optional.of(caller()),
        Optional.of(permission()),
        Optional.of(new Ruling("read only", Ruling.Effect.DENY)),
        refusal);
  }

  private static ApprovalRequest edited() {
    var edit =
        new Edit(
            BOB,
            NOON.minusSeconds(10),
            "Refund less, " + CANARY,
            "{\"charge\":\"" + CANARY + "\"}",
            new CallDigest("e".repeat(64)));
    return request(ApprovalState.PENDING, Optional.of(edit));
  }

  static ApprovalRequest request(ApprovalState state) {
    return request(state, Optional.empty());
  }

  private static ApprovalRequest request(ApprovalState state, Optional<Edit> edit) {
    var subject =
        new Subject.Call(
            caller(),
            TOOL,
            "Refund",
            Tier.DANGEROUS_WRITE,
            "stripe",
            "https://api.stripe.example",
            "Refund " + CANARY,
            "{\"charge\":\"" + CANARY + "\"}");
    return new ApprovalRequest(
        APPROVAL,
        ApprovalKind.DUAL,
        subject,
        DIGEST,
        "5".repeat(64),
        "refunds need two",
        NOON.minusSeconds(60),
        NOON.plusSeconds(3600),
        state,
        List.of(decision()),
        false,
        Optional.empty(),
        Optional.empty(),
        edit);
  }

  private static AuditEvent changed(ApprovalEvent event) {
    return new AuditEvent.ApprovalChanged(event);
  }

  private static Decision decision() {
    return new Decision(
        BOB,
        Role.REVIEWER,
        Verdict.APPROVE,
        "fine, the key is " + CANARY,
        NOON.minusSeconds(5),
        Independence.INDEPENDENT,
        "",
        Optional.empty());
  }

  private static Decision brokenGlass() {
    return new Decision(
        BOB,
        Role.BREAK_GLASS,
        Verdict.APPROVE,
        "nobody is up, the key is " + CANARY,
        NOON.minusSeconds(5),
        Independence.NONE,
        "5".repeat(64),
        Optional.empty(),
        Optional.of("INC-4812"),
        Optional.of(ALICE));
  }

  private static Permission permission() {
    return new Permission(TOOL, Tier.DANGEROUS_WRITE, "6".repeat(64), "7".repeat(64), DIGEST);
  }

  /// What a broker runs with that signs by this key.
  static ServerFacts facts(String auditKey) {
    return new ServerFacts(
        "0.1.0", "serve", "1".repeat(64), "2".repeat(64), "3".repeat(64), auditKey);
  }
}
