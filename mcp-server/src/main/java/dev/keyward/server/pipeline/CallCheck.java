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

  CallCheck(Supplier<ToolCatalog> catalog, Redactor redactor) {
    this.catalog = catalog;
    this.redactor = redactor;
  }

  /// {@return the call, with its digest}
  ///
  /// Secrets are looked for before the schema is, so that none reaches a message or the store.
  ///
  /// @throws CallRefused if there is no such tool for this agent, or the arguments do not fit
  ToolCall parse(IncomingCall incoming, AgentSession session, Caller caller) {
    Tool tool =
        catalog
            .get()
            .find(incoming.toolName())
            .filter(found -> session.agent().tools().sees(found.name()))
            .orElseThrow(() -> new CallRefused(new Refusal.UnknownTool()));
    refuseSecrets(incoming);
    Arguments arguments = Arguments.of(incoming.arguments());
    tool.input()
        .check(arguments)
        .ifPresent(
            violation -> {
              throw new CallRefused(
                  new Refusal.InvalidArguments(violation.field(), violation.rule()));
            });
    var digest = CallDigest.of(caller, tool.name(), arguments);
    return new ToolCall(incoming.id(), caller, tool, arguments, digest);
  }

  private void refuseSecrets(IncomingCall incoming) {
    try {
      redactor
          .findSecret(incoming.arguments())
          .ifPresent(
              field -> {
                throw new CallRefused(new Refusal.SecretInArguments(field));
              });
    } catch (Redactor.Uncertain e) {
      throw new CallRefused(new Refusal.InvalidArguments("/", TOO_DEEP), e);
    }
  }
}
