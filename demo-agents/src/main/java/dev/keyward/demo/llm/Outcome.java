package dev.keyward.demo.llm;

import java.util.Optional;

/// What came of one call.
///
/// @param error whether it did not succeed
/// @param text for the model
/// @param waitsFor the approval that a person was asked for, where that is why it did not run
public record Outcome(boolean error, String text, Optional<String> waitsFor) {
  /// A call that was not made.
  static Outcome notCalled(String why) {
    return new Outcome(true, "Nothing was called: " + why, Optional.empty());
  }

  /// {@return `text` as the model is told it, which knows no other sign of failure}
  String told() {
    return error ? "ERROR: " + text : text;
  }
}
