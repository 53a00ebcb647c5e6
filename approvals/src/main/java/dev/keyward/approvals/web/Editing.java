package dev.keyward.approvals.web;

import java.util.List;

/// How a person can change the arguments of a request before anybody agrees.
///
/// @param fields the arguments that can be changed, in the order of the page
/// @param left how many cannot, because they are too long or not shown as they are
/// @param then who has to agree afterwards: a sentence
/// @param tried whether the person has tried to, and it could not be
record Editing(List<Field> fields, int left, String then, boolean tried) {
  /// One argument.
  ///
  /// @param json whether the text is JSON, rather than the value itself
  /// @param text as it is now, or as the person had typed it
  record Field(String name, String type, boolean json, String text) {
    /// {@return how high the field is, in lines}
    long rows() {
      return Math.clamp(text.lines().count(), 1, 8);
    }
  }
}
