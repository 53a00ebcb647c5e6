package dev.keyward.demo.llm;

import java.util.List;
import java.util.Optional;

/// One entry of the conversation with the model.
sealed interface Message {
  /// What the model is told about its work, before all else.
  record Instructions(String text) implements Message {}

  /// What it is to do.
  record Task(String text) implements Message {}

  /// What the model answered.
  record Said(Optional<String> text, List<FunctionCall> calls) implements Message {
    /// Copies the list.
    public Said {
      calls = List.copyOf(calls);
    }
  }

  /// What came of a call, by the call's id.
  record CameBack(String id, String text) implements Message {}

  /// {@return how many characters it has, about}
  default int length() {
    return switch (this) {
      case Instructions(var text) -> text.length();
      case Task(var text) -> text.length();
      case CameBack(_, var text) -> text.length();
      case Said(var text, var calls) ->
          text.map(String::length).orElse(0)
              + calls.stream().mapToInt(call -> call.arguments().length()).sum();
    };
  }
}
