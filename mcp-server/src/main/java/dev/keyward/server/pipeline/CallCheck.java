package dev.keyward.server.pipeline;

import dev.keyward.call.Arguments;
import dev.keyward.call.CallDigest;
import dev.keyward.call.CallRefused;
import dev.keyward.call.Caller;
import dev.keyward.call.HandleFault;
import dev.keyward.call.PassedHandle;
import dev.keyward.call.Recorded;
import dev.keyward.call.Refusal;
import dev.keyward.catalog.CredentialRef;
import dev.keyward.catalog.CredentialUse;
import dev.keyward.catalog.IdUse;
import dev.keyward.catalog.Tool;
import dev.keyward.catalog.ToolCall;
import dev.keyward.catalog.ToolCatalog;
import dev.keyward.redaction.Handle;
import dev.keyward.redaction.KnownSecrets;
import dev.keyward.redaction.Redactor;
import dev.keyward.server.credential.Credentials;
import dev.keyward.server.handle.Handles;
import dev.keyward.server.identity.AgentSession;
import dev.keyward.server.run.Runs;
import dev.keyward.server.run.ShownIds;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// Stages 2 and 3: which tool is meant, and whether it may be called with these arguments.
final class CallCheck {
  private static final String TOO_DEEP = "is nested or encoded too deeply to be checked";
  private static final String SENT = "sent a secret";

  private final Supplier<ToolCatalog> catalog;
  private final Runs runs;
  private final ShownIds shown;
  private final Redactor redactor;
  private final Credentials credentials;
  private final Handles handles;
  private final SecretAlarms alarms;
  private final Echoes echoes;
  private final LargeArguments large = new LargeArguments();

  CallCheck(ToolCallPipeline.Parts parts, SecretAlarms alarms, Echoes echoes) {
    this.catalog = parts.catalog();
    this.runs = parts.runs();
    this.shown = parts.shown();
    this.redactor = parts.redactor();
    this.credentials = parts.credentials();
    this.handles = parts.handles();
    this.alarms = alarms;
    this.echoes = echoes;
  }

  /// {@return the call, with its digest}
  ///
  /// The schema comes first, so that only declared fields of the declared size are looked into for
  /// secrets; its messages name rules, never values.
  ///
  /// @throws CallRefused if there is no such tool for this agent, or the arguments do not fit
  ToolCall parse(IncomingCall incoming, AgentSession session, Caller caller) {
    alarms.check(caller);
    refuseInMetadata(incoming.metadata(), caller);
    Tool tool = find(incoming.toolName(), session, caller);
    Arguments arguments = Arguments.of(incoming.arguments());
    tool.input()
        .check(arguments, Set.copyOf(Handles.placesIn(tool, arguments)))
        .ifPresent(
            violation -> {
              throw new CallRefused(
                  new Refusal.InvalidArguments(violation.field(), violation.rule()));
            });
    refuseOtherIds(caller, tool, arguments);
    Recorded recorded = recorded(caller, tool, arguments);
    var digest = CallDigest.of(caller, tool.name(), recorded);
    return new ToolCall(incoming.id(), caller, tool, arguments, recorded, digest);
  }

  /// Refuses a call of one of the broker's own tools that holds a secret.
  ///
  /// @throws CallRefused with [Refusal.SecretInArguments] or [Refusal.RunPaused]
  void refuseSecrets(IncomingCall incoming, Caller caller) {
    alarms.check(caller);
    refuseInMetadata(incoming.metadata(), caller);
    refuseSecret(incoming.arguments(), caller);
  }

  private Tool find(String name, AgentSession session, Caller caller) {
    Optional<Tool> tool =
        catalog.get().find(name).filter(found -> session.agent().tools().sees(found.name()));
    if (tool.isPresent() && !session.sees(tool.get().name())) {
      throw new CallRefused(new Refusal.InsufficientScope("tools:" + tool.get().name()));
    }
    if (tool.isEmpty()) {
      refuseSecret(JsonNodeFactory.instance.stringNode(name), caller);
      throw new CallRefused(new Refusal.UnknownTool());
    }
    runs.outside(session, tool.get())
        .ifPresent(
            part -> {
              throw new CallRefused(new Refusal.OutsideGrants(part));
            });
    return tool.get();
  }

  private void refuseOtherIds(Caller caller, Tool tool, Arguments arguments) {
    for (IdUse use : tool.input().ids(arguments)) {
      if (!shown.has(caller.run(), use.kind(), use.id())) {
        throw new CallRefused(new Refusal.IdNotShown(use.field(), use.kind()));
      }
    }
  }

  /// Nothing of it is used but what people are told as the agent's words; what is no place for a
  /// secret or a handle is none here.
  private void refuseInMetadata(JsonNode metadata, Caller caller) {
    if (metadata.isEmpty()) {
      return;
    }
    refuseSecret(metadata, caller);
    if (Handle.isIn(metadata.toString())) {
      throw new CallRefused(new Refusal.HandleRefused("/_meta", HandleFault.MISPLACED));
    }
  }

  /// {@return the arguments as they may be stored, with what is known of the handles in them}
  ///
  /// @throws CallRefused if they hold a secret, or a handle that may not be there
  private Recorded recorded(Caller caller, Tool tool, Arguments arguments) {
    Arguments stored = stored(caller, tool, arguments);
    List<PassedHandle> passed = handles.passed(caller, tool, arguments);
    var _ = large.alone(caller.agent(), arguments, () -> echoes.sent(caller, stored.json()));
    return stored == arguments && passed.isEmpty()
        ? Recorded.plain(arguments)
        : new Recorded(
            stored,
            passed,
            stored == arguments ? Optional.empty() : Optional.of(handles.digest(arguments)));
  }

  /// A secret of the tool's own system, where the catalog lets it stand, is left out of what is
  /// stored. If there is any other, that still has it.
  private Arguments stored(Caller caller, Tool tool, Arguments arguments) {
    if (!holdsSecret(caller, arguments)) {
      return arguments;
    }
    if (tool.input().takesOwnSecret()) {
      Arguments cut = withoutOwnSecrets(tool, arguments);
      if (!holdsSecret(caller, cut)) {
        return cut;
      }
    }
    throw refused(caller);
  }

  /// What only looks like a secret stays for the check that follows.
  private Arguments withoutOwnSecrets(Tool tool, Arguments arguments) {
    KnownSecrets own = KnownSecrets.of(credentials.current(refsAt(tool.target().origin())));
    var cutting = new Redactor(() -> own);
    return Arguments.of(
        tool.input()
            .rewritten(
                arguments.json(),
                (_, rule, text) -> rule.ownSecret() ? cutting.scrub(text).text() : text));
  }

  private Set<CredentialRef> refsAt(URI origin) {
    return catalog.get().tools().stream()
        .filter(tool -> tool.target().origin().equals(origin))
        .flatMap(tool -> tool.credential().stream())
        .map(CredentialUse::ref)
        .collect(Collectors.toSet());
  }

  private boolean holdsSecret(Caller caller, Arguments arguments) {
    try {
      return large.alone(
          caller.agent(), arguments, () -> redactor.findSecret(arguments.json()).isPresent());
    } catch (Redactor.Uncertain e) {
      throw new CallRefused(new Refusal.InvalidArguments("/", TOO_DEEP), e);
    }
  }

  private void refuseSecret(JsonNode json, Caller caller) {
    try {
      if (redactor.findSecret(json).isEmpty()) {
        return;
      }
    } catch (Redactor.Uncertain e) {
      throw new CallRefused(new Refusal.InvalidArguments("/", TOO_DEEP), e);
    }
    throw refused(caller);
  }

  private CallRefused refused(Caller caller) {
    alarms.raise(caller, SENT);
    return new CallRefused(new Refusal.SecretInArguments());
  }
}
