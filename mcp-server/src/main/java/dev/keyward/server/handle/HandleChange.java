package dev.keyward.server.handle;

import dev.keyward.call.AgentId;
import dev.keyward.call.CallId;
import dev.keyward.call.RunId;
import dev.keyward.call.ToolName;
import dev.keyward.redaction.Handle;

/// What happened to a handle.
public sealed interface HandleChange {
  /// A call's answer has a new handle in it.
  ///
  /// @param tool whose answer it is
  record Given(CallId call, RunId run, AgentId agent, ToolName tool, Handle handle)
      implements HandleChange {}

  /// A call is about to be sent with the value in the handle's place.
  ///
  /// @param tool that is passed the value
  record Used(CallId call, RunId run, AgentId agent, ToolName tool, Handle handle)
      implements HandleChange {}
}
