package dev.keyward.demo;

import tools.jackson.databind.JsonNode;

/// What an agent saw of one call.
///
/// @param error whether the answer said that the call did not succeed
/// @param text the answer's text
/// @param json the answer's structured content, else its text read as JSON, else a missing node
/// @param code the answer's word for machines, for example `pending`; empty if there was none
/// @param approval the approval that the answer names; empty if it names none
public record Seen(boolean error, String text, JsonNode json, String code, String approval) {
  /// {@return whether the call ran and succeeded}
  public boolean done() {
    return !error;
  }

  /// {@return whether the call was refused with this word}
  public boolean refused(String word) {
    return error && code.equals(word);
  }

  /// {@return what came back, in a word: the answer's own, else `error` or `done`}
  public String outcome() {
    return code.isEmpty() ? error ? "error" : "done" : code;
  }
}
