package dev.keyward.demo.llm;

/// How the agent's work ended.
public sealed interface Ending {
  /// The model had nothing more to call.
  record Finished() implements Ending {}

  /// The model's last answer reached its length limit.
  record CutOff() implements Ending {}

  /// The endpoint's filter kept an answer back.
  record Filtered() implements Ending {}

  /// The model called and called.
  record OutOfTurns(int turns) implements Ending {}

  /// The conversation became longer than a model should be sent.
  record TooLong(int characters) implements Ending {}

  /// The model could not be asked any more.
  record Failed(String why) implements Ending {}

  /// {@return it in a sentence}
  default String sentence() {
    return switch (this) {
      case Finished() -> "The model is done.";
      case CutOff() -> "The model's last answer was cut off at its length limit.";
      case Filtered() -> "The endpoint's filter kept the model's answer back.";
      case OutOfTurns(int turns) -> "The model was stopped after " + turns + " turns.";
      case TooLong(int characters) ->
          "The model was stopped: the conversation has more than " + characters + " characters.";
      case Failed(var why) -> "The model could not be asked any more: " + why + ".";
    };
  }
}
