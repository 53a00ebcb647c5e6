package dev.keyward.server.pipeline;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.call.CallId;
import dev.keyward.call.Caller;
import dev.keyward.call.Refusal;
import dev.keyward.catalog.CredentialUse;
import dev.keyward.catalog.Tool;
import dev.keyward.catalog.ToolCall;
import dev.keyward.server.audit.ApprovalUsed;
import dev.keyward.server.audit.AuditEvent;
import dev.keyward.server.audit.CredentialUsed;
import dev.keyward.server.audit.Ending;
import dev.keyward.server.audit.Permission;
import dev.keyward.server.audit.Ruling;
import dev.keyward.server.audit.UpstreamCall;
import dev.keyward.server.credential.Lease;
import dev.keyward.server.policy.Effect;
import dev.keyward.server.policy.Judgement;
import dev.keyward.server.policy.PermittedCall;
import dev.keyward.server.upstream.Trace;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Words a call's steps as the audit records them. Pure.
final class CallEvents {
  private CallEvents() {}

  static AuditEvent intent(
      PermittedCall permitted,
      String transport,
      String argumentsHash,
      Optional<ApprovalRequest> approval) {
    ToolCall call = permitted.call();
    Tool tool = call.tool();
    return new AuditEvent.CallIntent(
        call.id(),
        call.caller(),
        transport,
        permission(call, argumentsHash),
        ruling(permitted.judgement()),
        approval.map(ApprovalUsed::of),
        tool.credential().map(CredentialUse::ref),
        tool.target());
  }

  static AuditEvent outcome(
      ToolCall call,
      Ending ending,
      String code,
      Optional<CredentialUsed> credential,
      List<UpstreamCall> upstream,
      int scrubbed,
      Duration took) {
    return new AuditEvent.CallOutcome(
        call.id(),
        call.caller(),
        call.tool().name(),
        ending,
        code,
        credential,
        upstream,
        scrubbed,
        took);
  }

  static AuditEvent refused(
      CallId id,
      Optional<Caller> caller,
      Optional<ToolCall> call,
      Optional<String> argumentsHash,
      Optional<Judgement> judged,
      Refusal refusal) {
    Optional<Permission> asked =
        call.flatMap(known -> argumentsHash.map(hash -> permission(known, hash)));
    return new AuditEvent.CallRefused(id, caller, asked, judged.map(CallEvents::ruling), refusal);
  }

  /// {@return which credential was lent; empty if the tool needs none}
  static Optional<CredentialUsed> credential(Lease lease, Instant now) {
    return lease
        .ref()
        .map(
            ref ->
                new CredentialUsed(
                    ref,
                    lease.version(),
                    lease.standing(),
                    lease.expires().map(expires -> Duration.between(now, expires)),
                    lease
                        .facts()
                        .map(
                            made ->
                                new CredentialUsed.Minted(
                                    made.kind(),
                                    made.asked(),
                                    made.got(),
                                    made.fingerprint(),
                                    made.subject()))));
  }

  static UpstreamCall upstream(Trace trace) {
    List<UpstreamCall.Attempt> attempts =
        trace.attempts().stream()
            .map(attempt -> new UpstreamCall.Attempt(attempt.status(), attempt.took()))
            .toList();
    return new UpstreamCall(trace.method(), trace.origin(), trace.pathTemplate(), attempts);
  }

  private static Permission permission(ToolCall call, String argumentsHash) {
    Tool tool = call.tool();
    return new Permission(tool.name(), tool.tier(), tool.digest(), argumentsHash, call.digest());
  }

  private static Ruling ruling(Judgement judged) {
    return new Ruling(
        judged.verdict().rule(),
        effect(Effect.of(judged.verdict())),
        Optional.of(judged.policy()),
        judged.failure(),
        judged.observed().stream()
            .map(by -> new Ruling.Observed(by.rule(), effect(by.effect())))
            .toList());
  }

  private static Ruling.Effect effect(Effect effect) {
    return switch (effect) {
      case ALLOW -> Ruling.Effect.ALLOW;
      case CONFIRM -> Ruling.Effect.CONFIRM;
      case REVIEW -> Ruling.Effect.REVIEW;
      case DUAL -> Ruling.Effect.DUAL;
      case DENY -> Ruling.Effect.DENY;
    };
  }
}
