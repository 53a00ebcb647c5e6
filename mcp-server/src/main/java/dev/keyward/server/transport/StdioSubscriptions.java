package dev.keyward.server.transport;

import dev.keyward.call.TaskId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/// The subscriptions of the one client on standard input and output, where they share one stream.
/// Thread-safe.
final class StdioSubscriptions {
  private static final int MOST = 64;

  private final Consumer<Object> client;
  private final Map<String, TaskNotices> open = new LinkedHashMap<>(); // guarded by this

  /// @param client takes messages
  StdioSubscriptions(Consumer<Object> client) {
    this.client = client;
  }

  /// Opens what `request` asks for, and says so first; its answer comes when it ends.
  ///
  /// @param look answers `tasks/get`
  synchronized RpcReply open(ModernRequest request, Function<TaskId, RpcReply> look)
      throws ModernFault {
    Optional<ModernSubscription> wanted = ModernSubscription.of(request);
    if (wanted.isEmpty()) {
      return ModernSubscription.unclear();
    }
    String id = request.inbound().id();
    if (open.containsKey(id)) {
      return new RpcReply.Failure(RpcReply.INVALID_REQUEST, RpcReply.ID_IN_USE);
    }
    if (open.size() >= MOST) {
      return new RpcReply.Failure(RpcReply.REFUSED, "Too many subscriptions are open. End some.");
    }
    var tasks = new TaskNotices(wanted.get(), look, client);
    client.accept(tasks.subscription().acknowledged());
    open.put(id, tasks);
    tasks.tell();
    if (over(tasks)) {
      open.remove(id);
      return new RpcReply.Result(tasks.subscription().ended().result());
    }
    return new RpcReply.Silence();
  }

  /// Tells of changed tools, under each subscription once.
  synchronized void toolsChanged() {
    open.values().stream()
        .map(TaskNotices::subscription)
        .filter(ModernSubscription::toolsChanged)
        .forEach(subscription -> client.accept(subscription.toolsHaveChanged()));
  }

  /// Tells how a task stands, under each subscription that follows it, and ends those which follow
  /// nothing else.
  synchronized void taskChanged(TaskId task) {
    List.copyOf(open.entrySet()).stream()
        .filter(each -> each.getValue().follow(task))
        .forEach(
            each -> {
              each.getValue().tell(task);
              if (over(each.getValue())) {
                open.remove(each.getKey());
                client.accept(each.getValue().subscription().ended());
              }
            });
  }

  private static boolean over(TaskNotices tasks) {
    return tasks.over() && !tasks.subscription().toolsChanged();
  }

  /// Ends the one that a `notifications/cancelled` names, if it names one.
  synchronized void end(Inbound notification) {
    open.remove(notification.params().path("requestId").toString());
  }
}
