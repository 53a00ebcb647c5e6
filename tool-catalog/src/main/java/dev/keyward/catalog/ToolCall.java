package dev.keyward.catalog;

import dev.keyward.call.Arguments;
import dev.keyward.call.CallDigest;
import dev.keyward.call.CallId;
import dev.keyward.call.Caller;
import dev.keyward.call.Recorded;

/// One call whose tool is known and whose arguments fit the tool's schema; nobody has permitted it
/// yet.
///
/// @param id the call's name in answer, log and audit
/// @param caller who calls, in which run, for whom
/// @param tool the tool as it was when the call came in
/// @param arguments what it is called with; handles stand in them as themselves
/// @param recorded the same as it may be stored and shown
/// @param digest over caller, tool name and arguments: what an approval is bound to
public record ToolCall(
    CallId id,
    Caller caller,
    Tool tool,
    Arguments arguments,
    Recorded recorded,
    CallDigest digest) {
  /// A call whose arguments may be stored as they are.
  public ToolCall(CallId id, Caller caller, Tool tool, Arguments arguments, CallDigest digest) {
    this(id, caller, tool, arguments, Recorded.plain(arguments), digest);
  }
}
