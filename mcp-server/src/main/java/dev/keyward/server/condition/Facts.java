package dev.keyward.server.condition;

import java.util.List;
import java.util.Optional;

/// What the names of a vocabulary are worth in one case.
///
/// Asked only for what a condition really reads; the same question must get the same answer for as
/// long as one condition is evaluated.
public interface Facts {
  /// {@return the value of a name; empty if there is none in this case}
  ///
  /// A `String`, `Boolean`, `Long`, `Double`, `Instant`, or what [JsonValue] makes.
  Optional<Object> value(String name);

  /// {@return how much work it can be at most to look through a value, in characters}
  int weight(String name);

  /// {@return what a function of the vocabulary gives}
  ///
  /// @throws RuntimeException if it cannot be said, which fails the condition
  Object call(String function, List<Object> arguments);
}
