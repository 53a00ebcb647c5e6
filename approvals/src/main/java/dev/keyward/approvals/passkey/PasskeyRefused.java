package dev.keyward.approvals.passkey;

/// What a browser's authenticator answered does not hold. The message is a sentence for the person.
@SuppressWarnings("serial") // thrown and caught in one process
public final class PasskeyRefused extends Exception {
  /// With a sentence for the person.
  public PasskeyRefused(String message) {
    super(message);
  }

  PasskeyRefused(String message, Throwable cause) {
    super(message, cause);
  }

  /// {@return what to tell the person}
  public String sentence() {
    return String.valueOf(getMessage());
  }
}
