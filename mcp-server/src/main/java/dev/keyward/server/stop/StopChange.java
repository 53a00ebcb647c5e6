package dev.keyward.server.stop;

/// What happened to a stop, for the audit.
public sealed interface StopChange {
  /// Something was stopped.
  record Ordered(StopScope scope, String why, By by) implements StopChange {}

  /// It may go on.
  record Lifted(StopScope scope, By by) implements StopChange {}
}
