package dev.keyward.server.policy;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.Approvals;
import dev.keyward.approvals.Ask;
import dev.keyward.approvals.Decision;
import dev.keyward.approvals.Edit;
import dev.keyward.approvals.Redemption;
import dev.keyward.approvals.Standing;
import dev.keyward.approvals.Subject;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.ApprovalKind;
import dev.keyward.call.Arguments;
import dev.keyward.call.CallDigest;
import dev.keyward.call.CallId;
import dev.keyward.call.CallRefused;
import dev.keyward.call.Caller;
import dev.keyward.call.Refusal;
import dev.keyward.catalog.Tool;
import dev.keyward.catalog.ToolCall;
import dev.keyward.catalog.ToolCatalog;
import dev.keyward.store.Tx;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Joins policy and people: the only maker of a [PermittedCall].
public final class Gate {
  private static final String CHANGED = "the tool has changed since the call came in";

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
  /// @param judged is told what the policy says, before anything comes of it
  /// @throws CallRefused if a rule denies the call, or people have not agreed
  public PermittedCall permit(ToolCall call, Consumer<Judgement> judged) {
    Judgement judgement = policy.decide(call);
    judged.accept(judgement);
    return switch (judgement.verdict()) {
      case Verdict.Allow _ -> new PermittedCall(call, judgement, Optional.empty());
      case Verdict.Deny(var rule) -> throw new CallRefused(new Refusal.DeniedByPolicy(rule));
      case Verdict.AskPeople(var rule, var kind) -> agreed(call, judgement, rule, kind);
    };
  }

  /// Returns a read that is made for the people who are asked about another call, if nobody would
  /// have to be asked about it.
  ///
  /// @param judged is told what the policy says, before anything comes of it
  /// @throws CallRefused if a rule denies it, or wants people to agree
  public PermittedCall permitForPeople(ToolCall read, Consumer<Judgement> judged) {
    Judgement judgement = policy.decide(read);
    judged.accept(judgement);
    if (!(judgement.verdict() instanceof Verdict.Allow) || read.tool().tier().changes()) {
      throw new CallRefused(new Refusal.DeniedByPolicy(judgement.verdict().rule()));
    }
    return PermittedCall.forPeople(read, judgement);
  }

  /// {@return what the policy says of a call that nobody makes}
  public Verdict verdict(ToolCall call) {
    return policy.decide(call).verdict();
  }

  /// {@return whether `call` is of the tool and caller that people were asked about}
  public static boolean sameContext(ApprovalRequest request, ToolCall call) {
    return request.context().equals(context(call));
  }

  /// {@return whether every call of this tool by this agent is denied, so that it is not listed}
  public boolean denies(Asked asked) {
    return policy.denies(asked);
  }

  /// {@return whether people may be asked about calls of this tool}
  public boolean mayAsk(Tool tool) {
    return tool.tier().changes() || policy.mayAsk(tool.name());
  }

  /// {@return what is to happen with a request for more access}
  public Verdict verdict(Tx tx, MoreAccess wanted) {
    return policy.decide(tx, wanted).verdict();
  }

  /// Notes that a call is made, in the transaction of its intent.
  public void note(Tx tx, ToolCall call) {
    policy.note(tx, call);
  }

  /// Takes that back, where it was proven that nothing was sent.
  public void forget(Tx tx, CallId call) {
    policy.forget(tx, call);
  }

  /// What came of using the approval of a permitted call.
  public sealed interface Use {
    /// The call may run; `approval` is what people said, where they were asked.
    record Granted(Optional<ApprovalRequest> approval) implements Use {}

    /// The call may not run after all.
    record Refused(Refusal refusal) implements Use {}
  }

  /// Uses the approval of `permitted`, if it has one, in the transaction of the intent.
  ///
  /// What was approved is compared with what would run now, and policy decides again. The
  /// transaction is to be committed even if the use is refused: an approval that no longer fits
  /// ends with it.
  public Use redeem(Tx tx, PermittedCall permitted) {
    Optional<ToolCall> current = current(permitted.call());
    if (current.isEmpty()) {
      return new Use.Refused(new Refusal.UnknownTool());
    }
    boolean same = current.get().tool().digest().equals(permitted.call().tool().digest());
    return switch (policy.decide(tx, current.get()).verdict()) {
      case Verdict.Deny(var rule) -> new Use.Refused(new Refusal.DeniedByPolicy(rule));
      case Verdict.Allow _ when permitted.approval().isEmpty() && same ->
          new Use.Granted(Optional.empty());
      case Verdict.Allow _ -> use(tx, permitted, current.get(), same, ApprovalKind.CONFIRM);
      case Verdict.AskPeople(_, var kind) -> use(tx, permitted, current.get(), same, kind);
    };
  }

  private Use use(
      Tx tx, PermittedCall permitted, ToolCall current, boolean same, ApprovalKind needed) {
    if (permitted.approval().isEmpty()) {
      return new Use.Refused(new Refusal.DeniedByPolicy("changed while the call was on its way"));
    }
    ApprovalId id = permitted.approval().get();
    String context = same ? context(current) : CHANGED; // what runs is the tool of the call
    return switch (approvals.redeem(tx, id, current.digest(), context, needed, current.id())) {
      case Redemption.Redeemed(var request) -> new Use.Granted(Optional.of(request));
      case Redemption.Changed() -> new Use.Refused(new Refusal.ApprovalInvalidated(id));
      case Redemption.Gone() -> new Use.Refused(new Refusal.ApprovalExpired(id));
    };
  }

  private PermittedCall agreed(ToolCall call, Judgement judgement, String rule, ApprovalKind kind) {
    var ask =
        new Ask(kind, subject(call), call.digest(), context(call), rule, call.caller().lead());
    return switch (approvals.ask(ask)) {
      case Standing.Approved(var request) -> permitted(call, judgement, request);
      case Standing.Pending(var request) ->
          throw new CallRefused(
              new Refusal.Pending(request.id(), request.kind(), request.expires()));
      case Standing.Declined(var request) ->
          throw new CallRefused(new Refusal.NotApproved(request.id(), reason(request)));
      case Standing.TooMany(var cap, var comeAgain) ->
          throw new CallRefused(new Refusal.TooManyQuestions(cap, comeAgain));
    };
  }

  /// Where people have changed the arguments, what may run is the call with these; what is
  /// redeemed, compared and decided on again from here on is that.
  private static PermittedCall permitted(
      ToolCall call, Judgement judgement, ApprovalRequest request) {
    return request
        .edit()
        .map(edit -> PermittedCall.edited(with(call, edit), judgement, request.id(), call))
        .orElseGet(() -> new PermittedCall(call, judgement, Optional.of(request.id())));
  }

  private static ToolCall with(ToolCall call, Edit edit) {
    Arguments arguments = edit.arguments();
    var digest = CallDigest.of(call.caller(), call.tool().name(), arguments);
    return new ToolCall(call.id(), call.caller(), call.tool(), arguments, digest);
  }

  /// {@return what the person who said no gave as the reason; empty if nothing}
  public static String reason(ApprovalRequest request) {
    return request.decisions().stream()
        .filter(decision -> decision.verdict() == dev.keyward.approvals.Verdict.DENY)
        .map(Decision::reason)
        .findFirst()
        .orElse("");
  }

  /// The tool may have changed since the call came in.
  private Optional<ToolCall> current(ToolCall call) {
    return catalog
        .get()
        .find(call.tool().name().value())
        .map(
            tool ->
                new ToolCall(
                    call.id(),
                    call.caller(),
                    tool,
                    call.arguments(),
                    call.recorded(),
                    call.digest()));
  }

  /// What must be the same when an approval is used, and is not in the call digest: the tool whole,
  /// with the credential's reference and where it goes, and who answers for the agent.
  private static String context(ToolCall call) {
    Caller caller = call.caller();
    return call.tool().digest() + " " + caller.owner() + " " + caller.confirmer();
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
        tool.summary().line(call.recorded().arguments()),
        call.recorded().arguments().canonical(),
        call.recorded().handles());
  }
}
