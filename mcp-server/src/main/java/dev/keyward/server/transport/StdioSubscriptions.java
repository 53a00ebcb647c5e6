package dev.keyward.server.transport;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// The subscriptions of the one client on standard input and output, where they share one stream.
/// Thread-safe.
final class StdioSubscriptions {
  private static final int MOST = 64;

  private final Consumer<Object> client;
  private final Map<String, ModernSubscription> open = new LinkedHashMap<>(); // guarded by this

  /// @param client takes messages
  StdioSubscriptions(Consumer<Object> client) {
    this.client = client;
  }

  /// Opens what `request` asks for, and says so first; its answer comes when it ends.
  synchronized RpcReply open(ModernRequest request) throws ModernFault {
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
    client.accept(wanted.get().acknowledged());
    if (!wanted.get().toolsChanged()) {
      return new RpcReply.Result(wanted.get().ended().result());
    }
    open.put(id, wanted.get());
    return new RpcReply.Silence();
  }

  /// Tells of changed tools, under each subscription once.
  synchronized void toolsChanged() {
    open.values().forEach(subscription -> client.accept(subscription.toolsHaveChanged()));
  }

  /// Ends the one that a `notifications/cancelled` names, if it names one.
  synchronized void end(Inbound notification) {
    open.remove(notification.params().path("requestId").toString());
  }
}
