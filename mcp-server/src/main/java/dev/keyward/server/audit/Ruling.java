package dev.keyward.server.audit;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What the policy said about a call, and which of its rules said it.
///
/// @param rule the rule's name as the operator wrote it
/// @param effect what it says
/// @param policy SHA-256 over the rules as they were
/// @param failure why the rule could not be evaluated, where it denies for that
/// @param observed what rules that are only observed would have wanted
public record Ruling(
    String rule,
    Effect effect,
    Optional<String> policy,
    Optional<String> failure,
    List<Observed> observed) {
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

  /// What a rule would have wanted that is only observed.
  public record Observed(String rule, Effect effect) {
    /// Checks that the rule is one line.
    public Observed {
      Word.line("rule", rule);
    }
  }

  /// Checks the words.
  public Ruling {
    Word.line("rule", rule);
    policy.ifPresent(digest -> Word.hash("policy", digest));
    failure.ifPresent(why -> Word.line("failure", why));
    observed = List.copyOf(observed);
  }

  /// A ruling of which no more is known.
  public Ruling(String rule, Effect effect) {
    this(rule, effect, Optional.empty(), Optional.empty(), List.of());
  }
}
