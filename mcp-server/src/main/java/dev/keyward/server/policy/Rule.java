package dev.keyward.server.policy;

import dev.keyward.server.condition.Condition;
import dev.keyward.server.condition.Facts;
import dev.keyward.server.condition.Outcome;
import java.util.Optional;
import java.util.Set;

/// One rule of the operator's.
///
/// @param name its name in the file, for the page and the audit
/// @param effect what it wants done with the calls that it matches
/// @param observed whether it is only recorded what it would have done
/// @param scope which agents and tools it is about
/// @param when what else must hold; absent: nothing
/// @param personal types of personal data that are taken out of the results of what it matches
public record Rule(
    String name,
    Effect effect,
    boolean observed,
    Scope scope,
    Optional<Condition> when,
    Set<String> personal) {
  private static final Set<String> COUNTING = Set.of("calls", "sum");
  private static final Set<String> BEFORE_A_CALL = Set.of("agent.", "tool.", "target.");

  /// What a rule says about one call.
  public sealed interface Says {
    /// It matches.
    record Yes() implements Says {}

    /// It does not.
    ///
    /// @param why which of its lists leaves the call out, or `when`
    record No(String why) implements Says {}

    /// It cannot be said, which denies the call.
    record Failed(String why) implements Says {}
  }

  /// Copies the set.
  public Rule {
    personal = Set.copyOf(personal);
  }

  /// {@return its condition as it was written}
  public Optional<String> condition() {
    return when.map(Condition::text);
  }

  /// {@return what it says}
  Says about(Asked asked, Facts facts) {
    Optional<String> out = scope.leavesOut(asked);
    if (out.isPresent()) {
      return new Says.No(out.get());
    }
    if (when.isEmpty()) {
      return new Says.Yes();
    }
    return switch (when.get().test(facts)) {
      case Outcome.Decided(var holds) -> holds ? new Says.Yes() : new Says.No("when");
      case Outcome.Failed(var why) -> new Says.Failed(why);
    };
  }

  /// {@return whether it looks at what was done before}
  boolean looksBack() {
    return when.map(condition -> !condition.calls().isEmpty()).orElse(false);
  }

  /// {@return whether calls at the same time could each overlook the other}
  boolean counts() {
    return when.stream()
        .flatMap(condition -> condition.calls().stream())
        .anyMatch(call -> COUNTING.contains(call.function()));
  }

  /// {@return whether what it says is the same for all calls of a tool by an agent}
  boolean knownBefore() {
    return !looksBack()
        && when.map(condition -> condition.names().stream().allMatch(Rule::before)).orElse(true);
  }

  private static boolean before(String name) {
    return BEFORE_A_CALL.stream().anyMatch(name::startsWith);
  }
}
