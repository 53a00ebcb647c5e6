package dev.keyward.server.audit;

import java.util.Locale;

/// What the policy said about a call, and which of its rules said it.
///
/// @param rule the rule's name as the operator wrote it
/// @param effect what it says
public record Ruling(String rule, Effect effect) {
  /// What a rule can say. Ordered: mildest first.
  public enum Effect {
    ALLOW,
    CONFIRM,
    REVIEW,
    DUAL,
    DENY;

    String wire() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// Checks that the rule is one line.
  public Ruling {
    Word.line("rule", rule);
  }
}
