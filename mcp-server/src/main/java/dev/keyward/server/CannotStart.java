package dev.keyward.server;

/// Why the broker does not start, in one sentence for the operator, with what to do about it.
@SuppressWarnings("serial") // never serialized
public sealed class CannotStart extends Exception {
  /// Says what is wrong.
  public CannotStart(String message) {
    super(message);
  }

  /// Says what is wrong, and keeps the cause.
  public CannotStart(String message, Throwable cause) {
    super(message, cause);
  }

  /// Another process has the home folder.
  public static final class HomeTaken extends CannotStart {
    HomeTaken(String message) {
      super(message);
    }
  }
}
