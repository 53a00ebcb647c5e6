package dev.keyward.server.policy;

import dev.keyward.call.CallId;
import dev.keyward.call.ToolName;
import dev.keyward.catalog.ToolCall;
import dev.keyward.store.Tx;

/// Decides on calls. Equal calls get equal answers for as long as rules, time and history are the
/// same.
public interface Policy {
  /// {@return what is to happen with `call`}
  Judgement decide(ToolCall call);

  /// {@return what is to happen with `call`, in the transaction of its intent: no other call of its
  /// agent that rules count comes between this and the end of the transaction}
  Judgement decide(Tx tx, ToolCall call);

  /// {@return what is to happen with a request for more access; people are asked where no rule
  /// speaks of it}
  Judgement decide(Tx tx, MoreAccess wanted);

  /// {@return whether every call of this tool by this agent is denied, whatever its arguments}
  boolean denies(Asked asked);

  /// {@return whether some rule may have people asked about calls of this tool, whatever its tier}
  boolean mayAsk(ToolName tool);

  /// Notes, in the transaction of its intent, that a call is made.
  void note(Tx tx, ToolCall call);

  /// Takes that back, where it was proven that nothing was sent.
  void forget(Tx tx, CallId call);
}
