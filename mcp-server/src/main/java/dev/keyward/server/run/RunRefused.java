package dev.keyward.server.run;

/// A run is not opened, or not shown. The message is for whoever asked.
@SuppressWarnings("serial") // thrown and caught in one process
public final class RunRefused extends RuntimeException {
  private final Why why;

  /// What is wrong.
  public enum Why {
    /// The request breaks a rule of its form.
    INVALID,
    /// It asks for more than whoever asks may do.
    WIDER,
    /// There is no such run for whoever asks.
    UNKNOWN,
    /// Too many are open.
    TOO_MANY
  }

  RunRefused(Why why, String message) {
    super(message);
    this.why = why;
  }

  static RunRefused wider(String message) {
    return new RunRefused(Why.WIDER, message);
  }

  /// {@return what is wrong}
  public Why why() {
    return why;
  }

  /// {@return what to tell whoever asked}
  public String sentence() {
    return String.valueOf(getMessage());
  }
}
