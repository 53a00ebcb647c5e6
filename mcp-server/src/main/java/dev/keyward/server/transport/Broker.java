package dev.keyward.server.transport;

import dev.keyward.call.AgentId;
import dev.keyward.redaction.Redacted;
import dev.keyward.redaction.Secret;
import dev.keyward.server.pipeline.Answer;
import dev.keyward.server.pipeline.IncomingCall;
import dev.keyward.server.task.Followed;
import dev.keyward.server.task.TaskAsked;
import dev.keyward.server.task.TaskView;

/// What every transport hands its requests to. Called from many threads at once; may block.
public interface Broker {
  /// {@return whose key this is}
  ///
  /// @throws dev.keyward.call.CallRefused if nobody's, or no longer; which of these is not said
  AgentId authenticate(Secret key);

  /// {@return the tools that the holder of `key` may call: a JSON array of MCP Tool objects}
  ///
  /// @throws dev.keyward.call.CallRefused if the key is nobody's
  Redacted listTools(Secret key);

  /// Opens, shows or ends a run for the holder of `key`; what speaks against it is an answer, too.
  ///
  /// @throws dev.keyward.call.CallRefused if the key is nobody's
  RunAnswer run(Secret key, RunAsked asked);

  /// As [#call], of a client that comes back for an answer that takes long.
  Followed follow(IncomingCall call);

  /// {@return how a task stands, once what is asked about it has been done}
  ///
  /// @throws dev.keyward.call.CallRefused if the key is nobody's, or the task not of its holder's
  ///   run
  TaskView task(TaskAsked asked);

  /// Carries one call to its answer, which may take as long as a tool and its waits do.
  Answer call(IncomingCall call);
}
