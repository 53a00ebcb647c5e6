package dev.keyward.approvals;

import java.util.Locale;

/// What a person may answer.
public enum Verdict {
  APPROVE,
  DENY;

  /// {@return the word in forms and the audit}
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
