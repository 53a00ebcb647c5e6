package dev.keyward.server.pipeline;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.Edits;
import dev.keyward.approvals.Subject;
import dev.keyward.call.Arguments;
import dev.keyward.call.CallDigest;
import dev.keyward.call.CallId;
import dev.keyward.call.GrantPart;
import dev.keyward.call.Recorded;
import dev.keyward.call.Refusal;
import dev.keyward.catalog.Tool;
import dev.keyward.catalog.ToolCall;
import dev.keyward.redaction.Handle;
import dev.keyward.redaction.Redactor;
import dev.keyward.server.policy.Gate;
import dev.keyward.server.policy.Verdict;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// What stages 2 to 5 would say of a call whose arguments a person wants to change: it is held to
/// all that the agent's own call is.
///
/// Grants and policy are asked again when the approval is used; the rest cannot change without the
/// tool, and with that the approval.
final class EditCheck implements Edits {
  private final ToolCallPipeline.Parts parts;
  private final RandomGenerator random;

  EditCheck(ToolCallPipeline.Parts parts) {
    this.parts = parts;
    this.random = parts.random();
  }

  @Override
  public Fit fit(ApprovalRequest request, Arguments arguments) {
    Subject subject = request.subject();
    Optional<Tool> tool = parts.catalog().get().find(subject.tool().value());
    if (tool.isEmpty()) {
      return new Fit.Not("The tool is no longer in the catalog.");
    }
    ToolCall call = call(subject, tool.get(), arguments);
    return objection(request, call)
        .<Fit>map(Fit.Not::new)
        .orElseGet(() -> new Fit.Fits(tool.get().summary().line(arguments)));
  }

  private ToolCall call(Subject subject, Tool tool, Arguments arguments) {
    return new ToolCall(
        CallId.random(random),
        subject.caller(),
        tool,
        arguments,
        Recorded.plain(arguments),
        CallDigest.of(subject.caller(), tool.name(), arguments));
  }

  private Optional<String> objection(ApprovalRequest request, ToolCall call) {
    if (!Gate.sameContext(request, call)) {
      return Optional.of("The tool, or who answers for the agent, has changed meanwhile.");
    }
    return misfit(call)
        .or(() -> unknownId(call))
        .or(() -> secret(call))
        .or(() -> parts.runs().refusal(call).map(EditCheck::words))
        .or(() -> policy(request, call));
  }

  private static Optional<String> misfit(ToolCall call) {
    return call.tool()
        .input()
        .check(call.arguments())
        .map(violation -> "Argument " + violation.field() + " " + violation.rule() + ".");
  }

  private Optional<String> unknownId(ToolCall call) {
    return call.tool().input().ids(call.arguments()).stream()
        .filter(use -> !parts.shown().has(call.caller().run(), use.kind(), use.id()))
        .findFirst()
        .map(
            use ->
                "Argument "
                    + use.field()
                    + " must be the id of a "
                    + use.kind()
                    + " that the agent's run has been shown.");
  }

  private Optional<String> secret(ToolCall call) {
    if (Handle.isIn(call.arguments().canonical())) {
      return Optional.of("Only the agent itself can pass a handle.");
    }
    try {
      return parts.redactor().findSecret(call.arguments().json()).isPresent()
          ? Optional.of("An argument holds a secret. Keys are the broker's business.")
          : Optional.empty();
    } catch (Redactor.Uncertain e) {
      return Optional.of("The arguments cannot be shown to be free of secrets.");
    }
  }

  private static String words(Refusal refusal) {
    return refusal instanceof Refusal.OutsideGrants(GrantPart part)
        ? "With these arguments the grant of the agent's run " + part.words() + "."
        : "The agent's run may not make this call.";
  }

  private Optional<String> policy(ApprovalRequest request, ToolCall call) {
    return switch (parts.gate().verdict(call)) {
      case Verdict.Allow _ -> Optional.empty();
      case Verdict.Deny(var rule) ->
          Optional.of("Policy (" + rule + ") does not allow the call with these arguments.");
      case Verdict.AskPeople(var rule, var kind) when kind.compareTo(request.kind()) > 0 ->
          Optional.of("Policy (" + rule + ") wants stricter approval for these arguments.");
      case Verdict.AskPeople _ -> Optional.empty();
    };
  }
}
