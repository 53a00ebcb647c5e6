package dev.keyward.redaction.rules;

import dev.keyward.redaction.exact.Effort;
import java.util.function.Consumer;

/// A set of rules, compiled: finds in a text what nobody registered.
///
/// Immutable and safe for all threads.
public final class Rules {
  private static final Rules NONE = new Rules();

  private Rules() {}

  /// {@return the rules that come with Keyward; the same each time}
  public static Rules standard() {
    return NONE;
  }

  /// {@return no rules}
  public static Rules none() {
    return NONE;
  }

  /// {@return whether there are none}
  public boolean isEmpty() {
    return true;
  }

  /// Gives each place of `text` that holds a secret to `each`, in any order and overlapping.
  ///
  /// @param name the name of the field that `text` is the value of, or empty
  /// @throws Effort.Exhausted if the work that the message may cost is used up
  public void find(String name, String text, Effort effort, Consumer<Found> each) {}
}
