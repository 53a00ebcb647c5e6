package dev.keyward.server.policy;

import dev.keyward.call.ApprovalKind;
import dev.keyward.catalog.ToolCall;

/// Decides on a call from the call alone.
@FunctionalInterface
public interface Policy {
  /// {@return what is to happen with `call`; never throws}
  Verdict decide(ToolCall call);

  /// {@return who must agree at least before a dangerous call runs, whatever a rule says}
  static ApprovalKind floor(boolean singleOperator) {
    return singleOperator ? ApprovalKind.REVIEW : ApprovalKind.DUAL;
  }
}
