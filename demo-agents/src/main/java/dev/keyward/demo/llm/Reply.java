package dev.keyward.demo.llm;

import java.util.List;
import java.util.Optional;

/// One answer of the model.
///
/// @param text what it says; absent if it only calls
/// @param calls what it wants called; none if it is done
/// @param finish why it stopped
record Reply(Optional<String> text, List<FunctionCall> calls, Finish finish) {
  /// Why a model stops.
  enum Finish {
    /// It has said what it had to say.
    DONE,
    /// It reached the length limit, so its last words or arguments may be in part.
    CUT_OFF,
    /// The endpoint's filter kept the answer back.
    FILTERED
  }

  /// Copies the list.
  Reply {
    calls = List.copyOf(calls);
  }
}
