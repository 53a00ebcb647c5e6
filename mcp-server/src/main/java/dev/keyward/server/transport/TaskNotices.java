package dev.keyward.server.transport;

import dev.keyward.call.TaskId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// The tasks that one subscription follows, each until it has ended. Thread-safe; blocks.
///
/// Its client is told what `tasks/get` would answer at that moment to the key that opened the
/// subscription, and nothing where that would be refused.
final class TaskNotices {
  private final ModernSubscription subscription;
  private final Function<TaskId, RpcReply> look;
  private final Consumer<Object> client;
  private final Map<TaskId, @Nullable ObjectNode> told = new LinkedHashMap<>(); // guarded by this

  /// Tells nothing yet. Of the tasks that `wanted` names, those count that can be looked at.
  ///
  /// @param look answers `tasks/get`
  /// @param client takes messages
  TaskNotices(ModernSubscription wanted, Function<TaskId, RpcReply> look, Consumer<Object> client) {
    for (TaskId task : wanted.tasks()) {
      if (look.apply(task) instanceof RpcReply.Result) {
        told.put(task, null);
      }
    }
    this.subscription = wanted.of(Set.copyOf(told.keySet()));
    this.look = look;
    this.client = client;
  }

  /// {@return the subscription, with the wishes that are met}
  ModernSubscription subscription() {
    return subscription;
  }

  /// {@return whether this task is followed, and goes on}
  synchronized boolean follow(TaskId task) {
    return told.containsKey(task);
  }

  /// {@return whether nothing will be told any more}
  synchronized boolean over() {
    return told.isEmpty();
  }

  /// Tells how all of them stand, as far as the client has not been told so.
  void tell() {
    followed().forEach(this::tell);
  }

  private synchronized List<TaskId> followed() {
    return List.copyOf(told.keySet());
  }

  /// Tells how a task stands, if it is followed and the client has not been told so.
  synchronized void tell(TaskId task) {
    if (!told.containsKey(task)) {
      return;
    }
    switch (look.apply(task)) {
      case RpcReply.Result(var value) -> tell(task, (ObjectNode) value);
      case RpcReply.Failure(var error) when error.code() == RpcReply.INVALID_PARAMS ->
          told.remove(task); // there is no such task any more
      case RpcReply.Failure _, RpcReply.Silence _ -> {}
    }
  }

  private void tell(TaskId task, ObjectNode seen) {
    if (!seen.equals(told.put(task, seen))) {
      client.accept(subscription.taskStands(seen));
    }
    if (ModernTasks.ended(seen)) {
      told.remove(task);
    }
  }
}
