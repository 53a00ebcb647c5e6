package dev.keyward.server.transport;

import dev.keyward.call.TaskId;
import dev.keyward.server.task.TaskAsked;

/// The methods of revision 2026-07-28 that come to one answer, the same over every transport; what
/// they do is [McpMethods]. Thread-safe; blocks.
///
/// An SDK that speaks this revision can take the place of this class and of those whose names begin
/// with `Modern`.
final class ModernMethods {
  private final McpMethods methods;
  private final ModernResults results = new ModernResults();

  ModernMethods(McpMethods methods) {
    this.methods = methods;
  }

  /// Answers a request whose form has been checked.
  ///
  /// @param client with a session of this request's own: ids of different requests may be equal
  /// @throws ModernFault if there is no such method, or the client lacks what it needs
  RpcReply answer(ModernRequest request, Presented client) throws ModernFault {
    return switch (request.method()) {
      case "server/discover" -> results.discovered();
      case "tools/list", "tools/call" ->
          methods.answer(
              request.method(), client.with(request.interaction()), request.inbound(), results);
      case "tasks/get", "tasks/update", "tasks/cancel" ->
          ModernTasks.answer(request, client, methods, results);
      default -> throw ModernFault.method();
    };
  }

  /// {@return how a task stands, for a client that listens: what `tasks/get` would answer}
  RpcReply task(TaskId task, Presented client) {
    return methods.task(
        new TaskAsked(
            client.key(), task.value(), TaskAsked.What.TELL, client.transport(), client.name()),
        view -> new RpcReply.Result(ModernTasks.seen(view, results)));
  }
}
