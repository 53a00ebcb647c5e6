package dev.keyward.server.handle;

import dev.keyward.call.Arguments;
import dev.keyward.server.policy.PermittedCall;

/// Proof that the arguments of a permitted call are ready to be sent: the values stand where the
/// handles stood. Only [Handles] puts values in.
public final class Restored {
  private final PermittedCall call;
  private final Arguments arguments;

  Restored(PermittedCall call, Arguments arguments) {
    this.call = call;
    this.arguments = arguments;
  }

  /// {@return the arguments of `call` as the agent passed them}
  public static Restored unchanged(PermittedCall call) {
    return new Restored(call, call.call().arguments());
  }

  /// {@return the call}
  public PermittedCall call() {
    return call;
  }

  /// {@return what is to be sent}
  public Arguments arguments() {
    return arguments;
  }

  /// {@return whether a value was put in}
  public boolean holdsValues() {
    return arguments != call.call().arguments();
  }

  @Override
  public String toString() {
    return "[restored]";
  }
}
