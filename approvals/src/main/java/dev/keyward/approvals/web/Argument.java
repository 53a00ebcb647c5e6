package dev.keyward.approvals.web;

import java.util.List;

/// One argument of a call as a reviewer sees it: typed, complete, with nothing hidden.
///
/// @param name as the tool's schema names it
/// @param type the JSON type
/// @param size how much there is of it, for example `23 characters`; empty where that says nothing
/// @param value text as it is; objects and arrays as indented JSON
/// @param handles what is to be said of each handle in it: a sentence
/// @param warning what is to be known of the characters in name and value, in words; empty if
///   nothing
/// @param change how it differs from the call that people approved last
record Argument(
    List<Piece> name,
    String type,
    String size,
    List<Piece> value,
    List<String> handles,
    String warning,
    Change change) {

  /// How an argument stands to that of an earlier call.
  sealed interface Change {
    /// There is nothing to compare with.
    record Alone() implements Change {}

    /// It is the same.
    record Same() implements Change {}

    /// The earlier call had none of this name.
    record Fresh() implements Change {}

    /// It was another.
    record Other(List<Piece> was) implements Change {}
  }
}
