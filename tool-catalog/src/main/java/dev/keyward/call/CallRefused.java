package dev.keyward.call;

/// Ends a call early; the only exception that a stage throws on purpose.
@SuppressWarnings("serial") // never serialized
public final class CallRefused extends RuntimeException {
  private final Refusal refusal;

  /// Refuses for a reason that is safe to tell the agent.
  public CallRefused(Refusal refusal) {
    super(refusal.code());
    this.refusal = refusal;
  }

  /// Refuses, and keeps for the operator's log what a library said; the agent never sees `cause`.
  public CallRefused(Refusal refusal, Throwable cause) {
    super(refusal.code(), cause);
    this.refusal = refusal;
  }

  /// {@return why, in words that the agent may read}
  public Refusal refusal() {
    return refusal;
  }
}
