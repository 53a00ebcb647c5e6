package dev.keyward.server.policy;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.Approvals;
import dev.keyward.approvals.Ask;
import dev.keyward.approvals.Decision;
import dev.keyward.approvals.Redemption;
import dev.keyward.approvals.Standing;
import dev.keyward.approvals.Subject;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.ApprovalKind;
import dev.keyward.call.CallRefused;
import dev.keyward.call.Refusal;
import dev.keyward.catalog.Tool;
import dev.keyward.catalog.ToolCall;
import dev.keyward.catalog.ToolCatalog;
import dev.keyward.store.Tx;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/// Joins policy and people: the only maker of a [PermittedCall].
public final class Gate {
  private static final Duration WHEN_TOO_MANY = Duration.ofMinutes(1);

  private final Policy policy;
  private final Approvals approvals;
  private final Supplier<ToolCatalog> catalog;

  /// Asks `catalog` again for the tool as it is when an approval is used.
  public Gate(Policy policy, Approvals approvals, Supplier<ToolCatalog> catalog) {
    this.policy = policy;
    this.approvals = approvals;
    this.catalog = catalog;
  }

  /// Returns the call once a rule, or people where the rule asks for them, have agreed.
  ///
  /// Never waits: a call that nobody has decided yet ends as pending and is redeemed by its digest.
  ///
  /// @throws CallRefused if a rule denies the call, or people have not agreed
  public PermittedCall permit(ToolCall call) {
    Verdict verdict = policy.decide(call);
    return switch (verdict) {
      case Verdict.Allow _ -> new PermittedCall(call, verdict, Optional.empty());
      case Verdict.Deny(var rule) -> throw new CallRefused(new Refusal.DeniedByPolicy(rule));
      case Verdict.AskPeople(var rule, var kind) ->
          new PermittedCall(call, verdict, Optional.of(agreed(call, rule, kind)));
    };
  }

  /// Uses the approval of `permitted`, if it has one, in the transaction of the intent.
  ///
  /// What was approved is compared with what would run now, and policy decides again.
  ///
  /// @return why the call may not run after all; the transaction is to be committed all the same,
  ///   since an approval that no longer fits ends with it
  public Optional<Refusal> redeem(Tx tx, PermittedCall permitted) {
    ToolCall call = permitted.call();
    Verdict now = policy.decide(current(call));
    if (now instanceof Verdict.Deny(var rule)) {
      return Optional.of(new Refusal.DeniedByPolicy(rule));
    }
    return permitted.approval().flatMap(id -> use(tx, id, call, neededNow(now)));
  }

  private Optional<Refusal> use(Tx tx, ApprovalId id, ToolCall call, ApprovalKind needed) {
    Redemption redemption =
        approvals.redeem(tx, id, call.digest(), context(current(call).tool()), needed, call.id());
    return switch (redemption) {
      case Redemption.Redeemed _ -> Optional.empty();
      case Redemption.Changed() -> Optional.of(new Refusal.ApprovalInvalidated(id));
      case Redemption.Gone() -> Optional.of(new Refusal.ApprovalExpired(id));
    };
  }

  private ApprovalId agreed(ToolCall call, String rule, ApprovalKind kind) {
    var ask = new Ask(kind, subject(call), call.digest(), context(call.tool()), rule);
    return switch (approvals.ask(ask)) {
      case Standing.Approved(var request) -> request.id();
      case Standing.Pending(var request) ->
          throw new CallRefused(
              new Refusal.Pending(request.id(), request.kind(), request.expires()));
      case Standing.Declined(var request) ->
          throw new CallRefused(new Refusal.NotApproved(request.id(), reason(request)));
      case Standing.TooMany() ->
          throw new CallRefused(new Refusal.TooMany("requests waiting for people", WHEN_TOO_MANY));
    };
  }

  /// {@return what the person who said no gave as the reason; empty if nothing}
  public static String reason(ApprovalRequest request) {
    return request.decisions().stream()
        .filter(decision -> decision.verdict() == dev.keyward.approvals.Verdict.DENY)
        .map(Decision::reason)
        .findFirst()
        .orElse("");
  }

  /// The tool may have changed since the call came in; what is gone by now fits no approval.
  private ToolCall current(ToolCall call) {
    return catalog
        .get()
        .find(call.tool().name().value())
        .map(tool -> new ToolCall(call.id(), call.caller(), tool, call.arguments(), call.digest()))
        .orElseThrow(() -> new CallRefused(new Refusal.UnknownTool()));
  }

  private static ApprovalKind neededNow(Verdict now) {
    return now instanceof Verdict.AskPeople(_, var kind) ? kind : ApprovalKind.CONFIRM;
  }

  /// The digest covers the tool whole, with the credential's reference and where it goes.
  private static String context(Tool tool) {
    return tool.digest();
  }

  private static Subject subject(ToolCall call) {
    Tool tool = call.tool();
    return new Subject.Call(
        call.caller(),
        tool.name(),
        tool.title(),
        tool.tier(),
        tool.target().system(),
        tool.target().origin().toString(),
        tool.summary().line(call.arguments()),
        call.arguments().canonical());
  }
}
