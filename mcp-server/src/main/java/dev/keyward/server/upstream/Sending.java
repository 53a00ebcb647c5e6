package dev.keyward.server.upstream;

import dev.keyward.call.Cancellation;

/// What the pipeline does and decides at the last moment. The first two methods may block, and may
/// be called on another thread than the caller's.
public interface Sending {
  /// Called exactly once, connected and with nothing written yet, or never. When it returns, the
  /// request leaves; when it throws, nothing leaves and [Upstream#send] throws the same.
  void firstByte();

  /// {@return whether agent, run and credential are still good}
  ///
  /// Asked before a fresher credential is fetched and again before it is sent.
  boolean stillPermitted();

  /// {@return what may end the call while it is under way}
  Cancellation cancellation();
}
