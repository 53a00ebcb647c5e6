package dev.keyward.server.pipeline;

import dev.keyward.call.Arguments;
import dev.keyward.call.CallDigest;
import dev.keyward.call.CallRefused;
import dev.keyward.call.Caller;
import dev.keyward.call.Refusal;
import dev.keyward.catalog.Tool;
import dev.keyward.catalog.ToolCall;
import dev.keyward.catalog.ToolCatalog;
import dev.keyward.redaction.Redactor;
import dev.keyward.server.identity.AgentSession;
import java.util.function.Supplier;

/// Stages 2 and 3: which tool is meant, and whether it may be called with these arguments.
final class CallCheck {
  private static final String TOO_DEEP = "is nested or encoded too deeply to be checked";

  private final Supplier<ToolCatalog> catalog;
  private final Redactor redactor;
  private final SecretAlarms alarms = new SecretAlarms();
  private final LargeArguments large = new LargeArguments();

  CallCheck(Supplier<ToolCatalog> catalog, Redactor redactor) {
    this.catalog = catalog;
    this.redactor = redactor;
  }

  /// {@return the call, with its digest}
  ///
  /// The schema comes first, so that only declared fields of the declared size are looked into for
  /// secrets; its messages name rules, never values.
  ///
  /// @throws CallRefused if there is no such tool for this agent, or the arguments do not fit
  ToolCall parse(IncomingCall incoming, AgentSession session, Caller caller) {
    alarms.check(caller);
    Tool tool =
        catalog
            .get()
            .find(incoming.toolName())
            .filter(found -> session.agent().tools().sees(found.name()))
            .orElseThrow(() -> new CallRefused(new Refusal.UnknownTool()));
    Arguments arguments = Arguments.of(incoming.arguments());
    tool.input()
        .check(arguments)
        .ifPresent(
            violation -> {
              throw new CallRefused(
                  new Refusal.InvalidArguments(violation.field(), violation.rule()));
            });
    refuseSecrets(arguments, caller);
    var digest = CallDigest.of(caller, tool.name(), arguments);
    return new ToolCall(incoming.id(), caller, tool, arguments, digest);
  }

  private void refuseSecrets(Arguments arguments, Caller caller) {
    boolean found;
    try {
      found =
          large.alone(
              caller.agent(), arguments, () -> redactor.findSecret(arguments.json()).isPresent());
    } catch (Redactor.Uncertain e) {
      throw new CallRefused(new Refusal.InvalidArguments("/", TOO_DEEP), e);
    }
    if (found) {
      alarms.raise(caller);
      throw new CallRefused(new Refusal.SecretInArguments());
    }
  }
}
