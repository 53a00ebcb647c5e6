package dev.keyward.server.condition;

/// What came of evaluating a condition.
public sealed interface Outcome {
  /// It holds, or it does not.
  record Decided(boolean holds) implements Outcome {}

  /// It could not be evaluated, and so says nothing: neither that it holds nor that it does not.
  ///
  /// @param why in words that name no value
  record Failed(String why) implements Outcome {}
}
