package dev.keyward.server.policy;

import dev.keyward.call.ApprovalKind;
import java.util.Locale;

/// What a rule wants done with a call. Ordered: mildest first.
public enum Effect {
  ALLOW,
  CONFIRM,
  REVIEW,
  DUAL,
  DENY;

  /// {@return the name in policy files and in the audit}
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// {@return the effect named `wire`}
  ///
  /// @throws IllegalArgumentException if there is none
  static Effect parse(String wire) {
    return valueOf(wire.toUpperCase(Locale.ROOT));
  }

  /// {@return what a verdict comes to}
  public static Effect of(Verdict verdict) {
    return parse(verdict.wire());
  }

  /// {@return the verdict of a rule that wants this}
  Verdict by(String rule) {
    return switch (this) {
      case ALLOW -> new Verdict.Allow(rule);
      case CONFIRM -> new Verdict.AskPeople(rule, ApprovalKind.CONFIRM);
      case REVIEW -> new Verdict.AskPeople(rule, ApprovalKind.REVIEW);
      case DUAL -> new Verdict.AskPeople(rule, ApprovalKind.DUAL);
      case DENY -> new Verdict.Deny(rule);
    };
  }
}
