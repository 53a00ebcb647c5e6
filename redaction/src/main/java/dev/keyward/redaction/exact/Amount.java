package dev.keyward.redaction.exact;

/// How much of a secret must stand in a text to count.
public enum Amount {
  /// Any stretch that tells it apart from ordinary text: for what leaves, where nobody may learn a
  /// part.
  PART,
  /// All of it, or so much that nothing is left to guess: for what comes in, where an answer to a
  /// part would tell whoever wrote it that the part is right.
  WHOLE
}
