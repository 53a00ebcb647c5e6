package dev.keyward.server.upstream;

import dev.keyward.call.CallId;
import dev.keyward.call.CallRefused;
import dev.keyward.call.HandleFault;
import dev.keyward.call.Refusal;
import dev.keyward.call.Tier;
import dev.keyward.call.ToolName;
import dev.keyward.catalog.CredentialUse;
import dev.keyward.catalog.HeaderField;
import dev.keyward.catalog.HttpBinding;
import dev.keyward.catalog.Limits;
import dev.keyward.catalog.Placement;
import dev.keyward.catalog.ResponseKind;
import dev.keyward.catalog.SqlBinding;
import dev.keyward.catalog.Tool;
import dev.keyward.catalog.ToolCall;
import dev.keyward.catalog.UpstreamRequest;
import dev.keyward.server.handle.Restored;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/// A request that is ready but for its credential, and how to read its answer.
///
/// @param idempotency the header that makes a repeat harmless, only where key and header both exist
record Outgoing(
    CallId call,
    ToolName tool,
    Tier tier,
    URI origin,
    String pathTemplate,
    UpstreamRequest request,
    Optional<HeaderField> idempotency,
    Optional<Placement> placement,
    ResponseKind kind,
    Limits limits) {

  /// @throws IllegalArgumentException if the tool is none of HTTP
  static Outgoing of(Restored restored, Optional<String> idempotencyKey) {
    ToolCall call = restored.call().call();
    Tool tool = call.tool();
    return switch (tool.binding()) {
      case HttpBinding http ->
          new Outgoing(
              call.id(),
              tool.name(),
              tool.tier(),
              tool.target().origin(),
              http.pathTemplate(),
              render(http, restored),
              http.idempotencyHeader()
                  .flatMap(name -> idempotencyKey.map(key -> new HeaderField(name, key))),
              tool.credential().map(CredentialUse::placement),
              http.response(),
              tool.limits());
      case SqlBinding _ -> throw new IllegalArgumentException("a statement is sent by SqlUpstream");
    };
  }

  /// What a value breaks is not said: the agent does not know the value.
  private static UpstreamRequest render(HttpBinding http, Restored restored) {
    try {
      return http.render(restored.arguments());
    } catch (CallRefused e) {
      throw restored.holdsValues() && e.refusal() instanceof Refusal.InvalidArguments(var at, _)
          ? new CallRefused(new Refusal.HandleRefused(at, HandleFault.UNFIT))
          : e;
    }
  }

  /// {@return whether an answer of this status may be followed by one more attempt}
  boolean mayBeRepeated(int status, boolean tokenDeclaredInvalid) {
    return tier.changes()
        ? status == 401 && idempotency.isPresent()
        : status == 401 || (status == 403 && tokenDeclaredInvalid);
  }

  Trace trace(List<Trace.Attempt> attempts) {
    return new Trace(request.method(), origin.toString(), pathTemplate, attempts);
  }
}
