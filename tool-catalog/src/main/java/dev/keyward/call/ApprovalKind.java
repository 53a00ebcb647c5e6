package dev.keyward.call;

import java.util.Locale;

/// Who must agree before a call runs. Ordered: mildest first.
public enum ApprovalKind {
  /// The delegating person, or the agent's owner where there is none.
  CONFIRM,
  /// One person independent of the call: neither delegator nor owner.
  REVIEW,
  /// Two such people.
  DUAL;

  /// {@return the name in policies, the audit and on the page}
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
