package dev.keyward.server.policy;

import dev.keyward.call.Arguments;
import dev.keyward.call.Caller;
import dev.keyward.call.Tier;
import dev.keyward.call.ToolName;

/// What a run asks for beyond what it was opened with.
///
/// To rules it is a call of the broker's own tool [#TOOL]: a write, or a dangerous write where it
/// reaches a tool that is one. A rule that allows has to name it.
///
/// @param tier `write` or `dangerous_write`
/// @param arguments the request as the agent made it
public record MoreAccess(Caller caller, Tier tier, Arguments arguments) {
  /// The broker's tool by which runs ask for more.
  public static final ToolName TOOL = new ToolName("keyward.request_access");

  static final String SYSTEM = "keyward";

  /// Checks the tier.
  ///
  /// @throws IllegalArgumentException if it is a read
  public MoreAccess {
    if (!tier.changes()) {
      throw new IllegalArgumentException("tier must be write or dangerous_write");
    }
  }
}
