package dev.keyward.server.control;

/// A command that cannot be done, in a sentence for the operator: what is wrong, and what to do.
@SuppressWarnings("serial") // never serialized
public final class OperatorError extends RuntimeException {
  /// Says what is wrong; never a secret.
  public OperatorError(String message) {
    super(message);
  }
}
