package dev.keyward.server.credential;

/// One thing that a store has to say to the operator who asks how it is.
///
/// @param what what it is about
/// @param detail how that is and what to do; never a value, never a library's message
public record StoreFinding(Level level, String what, String detail) {
  /// How bad it is.
  public enum Level {
    /// As it should be.
    OK,
    /// Works, but weaker than it could be.
    WARNING,
    /// Something will be refused.
    PROBLEM
  }
}
