package dev.keyward.server.transport;

import dev.keyward.call.CallId;
import dev.keyward.redaction.Redacted;
import dev.keyward.server.pipeline.Answer;
import dev.keyward.server.pipeline.Waiting;
import dev.keyward.server.task.TaskView;
import java.util.Optional;

/// How one era of the protocol writes what the methods come to.
///
/// It is handed listings and answers only, which are scrubbed; it adds nothing that came from an
/// upstream.
interface Results {
  /// {@return what answers `tools/list`}
  ///
  /// @param tools an array of MCP Tool objects
  RpcReply listed(Redacted tools);

  /// {@return what answers a `tools/call` that the agent was allowed to make}
  RpcReply called(Answer answer);

  /// {@return what a client whose call waits for its own user is sent, in an era in which a server
  /// asks clients by itself}
  ///
  /// @param call the name of the call
  default Optional<PageQuestion> question(CallId call, Waiting waiting) {
    return Optional.empty();
  }

  /// {@return what answers a `tools/call` that goes on as a task, in an era that knows tasks}
  default RpcReply begun(TaskView task) {
    throw new IllegalStateException("nobody follows a call in this era");
  }
}
