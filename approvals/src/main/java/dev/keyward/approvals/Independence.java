package dev.keyward.approvals;

import java.util.Locale;

/// How a person stands to the call that they decided on.
public enum Independence {
  /// Delegator or owner of what they reviewed; only a single-operator install lets them.
  NONE,
  /// Neither delegator nor owner.
  INDEPENDENT,
  /// The person for whom the agent works, asked to confirm.
  CONFIRMER;

  /// {@return the word on the page and in the audit}
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
