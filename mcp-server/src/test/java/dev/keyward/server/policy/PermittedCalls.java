package dev.keyward.server.policy;

import dev.keyward.catalog.ToolCall;
import java.util.Optional;

/// Makes permitted calls for tests of what comes after the gate.
public final class PermittedCalls {
  private PermittedCalls() {}

  /// {@return `call`, as if a rule had allowed it}
  public static PermittedCall of(ToolCall call) {
    return new PermittedCall(call, new Verdict.Allow("test"), Optional.empty());
  }
}
