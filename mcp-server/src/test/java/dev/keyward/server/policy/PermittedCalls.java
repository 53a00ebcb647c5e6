package dev.keyward.server.policy;

import dev.keyward.catalog.ToolCall;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Makes permitted calls for tests of what comes after the gate.
public final class PermittedCalls {
  private PermittedCalls() {}

  /// {@return `call`, as if a rule had allowed it}
  public static PermittedCall of(ToolCall call) {
    var judgement =
        new Judgement(
            new Verdict.Allow("test"),
            "0".repeat(64),
            Optional.empty(),
            List.of(),
            false,
            Set.of());
    return new PermittedCall(call, judgement, Optional.empty());
  }
}
