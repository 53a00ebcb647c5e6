package dev.keyward.server.pipeline;

import dev.keyward.call.CallId;
import dev.keyward.call.Caller;
import dev.keyward.catalog.Tool;
import java.util.Optional;

/// A call that the broker is carrying or holding.
///
/// @param tool empty until it has been found, and for the broker's own tools
public record OpenCall(CallId id, Caller caller, Optional<Tool> tool) {}
