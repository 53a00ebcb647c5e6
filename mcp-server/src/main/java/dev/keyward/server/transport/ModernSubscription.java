package dev.keyward.server.transport;

import dev.keyward.call.TaskId;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What a client asks to be told of with `subscriptions/listen`, and the messages that it gets
/// under that request (MCP 2026-07-28, "Subscriptions"). Each message carries the request's id; the
/// first one says which of its wishes are met.
///
/// @param id of the request that opened it
/// @param toolsChanged whether it wants to hear of changed tools
/// @param tasks which tasks it wants to follow (extension Tasks, "Task Status Notifications")
record ModernSubscription(Object id, boolean toolsChanged, Set<TaskId> tasks) {
  static final String METHOD = "subscriptions/listen";

  private static final int MOST_TASKS = 64;
  private static final String ID = ModernRequest.PREFIX + "subscriptionId";
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /// {@return what `request` asks for; empty if it does not say}
  ///
  /// @throws ModernFault if it asks for what its client does not declare to understand
  static Optional<ModernSubscription> of(ModernRequest request) throws ModernFault {
    JsonNode wishes = request.inbound().params().path("notifications");
    JsonNode named = wishes.path("taskIds");
    if (wishes.has("taskIds")) {
      ModernTasks.require(request);
    }
    JsonNode tools = wishes.path("toolsListChanged");
    boolean said =
        wishes.isObject()
            && (tools.isMissingNode() || tools.isBoolean())
            && (named.isMissingNode() || listsTasks(named));
    return said
        ? Optional.of(new ModernSubscription(request.id(), tools.asBoolean(false), tasks(named)))
        : Optional.empty();
  }

  private static boolean listsTasks(JsonNode named) {
    return named.isArray()
        && named.size() <= MOST_TASKS
        && named.valueStream().allMatch(JsonNode::isString);
  }

  /// What is no name of a task names none.
  private static Set<TaskId> tasks(JsonNode named) {
    Set<TaskId> tasks = new LinkedHashSet<>();
    for (JsonNode name : named) {
      try {
        tasks.add(new TaskId(name.stringValue()));
      } catch (IllegalArgumentException e) {
        // not agreed to, as an unknown one
      }
    }
    return tasks;
  }

  /// {@return the same, for these tasks of the ones that it names}
  ModernSubscription of(Set<TaskId> known) {
    return new ModernSubscription(id, toolsChanged, known);
  }

  /// {@return the refusal of a request that does not say what it asks for}
  static RpcReply unclear() {
    return new RpcReply.Failure(
        RpcReply.INVALID_PARAMS, "params.notifications must be an object of booleans and lists.");
  }

  /// {@return the first message}
  ObjectNode acknowledged() {
    ObjectNode message = notification("notifications/subscriptions/acknowledged");
    ObjectNode met = ((ObjectNode) message.get("params")).putObject("notifications");
    if (toolsChanged) {
      met.put("toolsListChanged", true);
    }
    if (!tasks.isEmpty()) {
      ArrayNode followed = met.putArray("taskIds");
      tasks.forEach(task -> followed.add(task.value()));
    }
    return message;
  }

  /// {@return the message that tells how a task stands}
  ///
  /// @param seen what `tasks/get` would answer
  ObjectNode taskStands(ObjectNode seen) {
    ObjectNode message = notification("notifications/tasks");
    ObjectNode params = (ObjectNode) message.get("params");
    for (var part : seen.properties()) {
      if (part.getKey().equals("_meta")) {
        ((ObjectNode) params.get("_meta")).setAll((ObjectNode) part.getValue());
      } else if (!part.getKey().equals("resultType")) { // a notification is no result
        params.set(part.getKey(), part.getValue());
      }
    }
    return message;
  }

  /// {@return the message that tells of changed tools}
  ObjectNode toolsHaveChanged() {
    return notification("notifications/tools/list_changed");
  }

  /// {@return the last message, if the broker ends it}
  JSONRPCResponse ended() {
    ObjectNode result = ModernResults.complete();
    ModernResults.meta(result).set(ID, idNode());
    return JSONRPCResponse.result(id, result);
  }

  private ObjectNode notification(String method) {
    ObjectNode message = JSON.objectNode().put("jsonrpc", "2.0").put("method", method);
    message.putObject("params").putObject("_meta").set(ID, idNode());
    return message;
  }

  private JsonNode idNode() {
    return id instanceof Long number ? JSON.numberNode(number) : JSON.stringNode(id.toString());
  }
}
