package dev.keyward.server.handle;

import dev.keyward.call.AgentId;
import dev.keyward.call.RunId;
import dev.keyward.call.ToolName;
import dev.keyward.call.ToolPattern;
import dev.keyward.catalog.Target;
import dev.keyward.catalog.Tool;
import dev.keyward.redaction.Handle;
import java.time.Instant;
import java.util.List;

/// A handle as it was given: to whom, and how far it may go.
///
/// @param from the tool whose answer gave it
/// @param target that tool's system and origin, to which it may always go back
/// @param to the further tools that may be passed it
/// @param given when, to the millisecond
record GivenHandle(
    Handle handle,
    RunId run,
    AgentId agent,
    ToolName from,
    Target target,
    List<ToolPattern> to,
    Instant given) {
  GivenHandle {
    to = List.copyOf(to);
  }

  boolean mayGoTo(Tool tool) {
    return tool.target().equals(target)
        || to.stream().anyMatch(pattern -> pattern.names(tool.name()));
  }
}
