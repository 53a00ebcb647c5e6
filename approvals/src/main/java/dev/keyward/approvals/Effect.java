package dev.keyward.approvals;

import java.util.Locale;

/// What a person found about a write of which the broker does not know whether it took effect.
public enum Effect {
  /// It did. The next identical call is another action.
  HAPPENED,
  /// It did not. The identical call may be made again.
  DID_NOT_HAPPEN;

  /// {@return the word in forms and the audit}
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
