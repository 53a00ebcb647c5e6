package dev.keyward.approvals.web;

import java.util.List;

/// How things were read to be before a call, beside what the call would make of them.
///
/// @param tool the read
/// @param at when it was made, ISO 8601
/// @param problem why there is nothing to show, a sentence; empty where there is something
record BeforeAfter(String tool, String at, String problem, List<Field> fields) {

  /// One field.
  ///
  /// @param name as the read's answer has it
  /// @param now its value: text as it is, anything else as indented JSON
  /// @param note what is to be said in place of a value; empty where there is one
  /// @param warning what is to be known of the characters in the value, in words; empty if nothing
  /// @param then what the call would make of it
  record Field(List<Piece> name, List<Piece> now, String note, String warning, Then then) {}

  /// What a call would make of a field.
  sealed interface Then {
    /// The catalog names no argument for it.
    record Unsaid() implements Then {}

    /// The call leaves that argument out.
    record LeftOut(String argument) implements Then {}

    /// It would stay the same.
    record Same(String argument) implements Then {}

    /// It would be another.
    record Becomes(String argument, List<Piece> value) implements Then {}
  }
}
