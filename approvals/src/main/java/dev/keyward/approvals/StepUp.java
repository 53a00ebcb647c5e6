package dev.keyward.approvals;

import java.util.Locale;

/// How a person proved anew who they are when they decided, beyond being signed in.
public enum StepUp {
  /// Not at all.
  NONE,
  /// With a passkey that signed this very decision.
  PASSKEY;

  /// {@return the word on the page and in the audit}
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
