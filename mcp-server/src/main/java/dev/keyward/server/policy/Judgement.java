package dev.keyward.server.policy;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A verdict with what led to it.
///
/// @param verdict what is to happen
/// @param policy the digest of the rules as they were
/// @param failure why the rule that decided could not be evaluated, where it denies for that
/// @param observed what rules that are only observed would have wanted, strictest first
/// @param counted whether a rule counted earlier calls, so that it has to be judged again in the
///   transaction of the intent
/// @param personal types of personal data that rules want taken out of the result
public record Judgement(
    Verdict verdict,
    String policy,
    Optional<String> failure,
    List<Observed> observed,
    boolean counted,
    Set<String> personal) {
  /// Copies both.
  public Judgement {
    observed = List.copyOf(observed);
    personal = Set.copyOf(personal);
  }

  /// {@return the same with another verdict}
  Judgement with(Verdict other) {
    return new Judgement(other, policy, failure, observed, counted, personal);
  }

  /// What an observed rule would have wanted.
  public record Observed(String rule, Effect effect) {}
}
