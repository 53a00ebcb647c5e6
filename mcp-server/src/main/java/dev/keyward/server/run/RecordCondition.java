package dev.keyward.server.run;

import dev.keyward.server.condition.ArgumentFacts;
import dev.keyward.server.condition.BadCondition;
import dev.keyward.server.condition.Condition;
import dev.keyward.server.condition.Outcome;
import dev.keyward.server.condition.Vocabulary;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Which records a grant covers, as a condition in CEL on the arguments: `ticket_id == "4812"`.
///
/// It is read without the tools that it will be asked about, since these may change while a run
/// goes on. What an argument is missing for does not hold.
final class RecordCondition {
  private static final Pattern NAMES = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");
  private static final int MOST_CHARACTERS = 1_000;

  private final Condition condition;

  private RecordCondition(Condition condition) {
    this.condition = condition;
  }

  /// {@return the condition that `text` is}
  ///
  /// @throws IllegalArgumentException if it is none
  static RecordCondition read(String text) {
    if (text.length() > MOST_CHARACTERS) {
      throw new IllegalArgumentException(
          "where must hold conditions of at most " + MOST_CHARACTERS + " characters");
    }
    Set<String> words = new TreeSet<>();
    NAMES.matcher(text).results().forEach(found -> words.add(found.group()));
    try {
      return new RecordCondition(Vocabulary.ofArguments(words).read(text));
    } catch (BadCondition e) {
      throw new IllegalArgumentException("where " + e.rule(), e);
    }
  }

  /// {@return the condition as it was written}
  String text() {
    return condition.text();
  }

  /// {@return the arguments that it reads by their bare names}
  Set<String> names() {
    Set<String> names = new TreeSet<>(condition.names());
    names.remove("args");
    return names;
  }

  /// {@return whether it holds; what cannot be said does not}
  boolean holds(ArgumentFacts arguments) {
    return condition.test(arguments) instanceof Outcome.Decided decided && decided.holds();
  }
}
