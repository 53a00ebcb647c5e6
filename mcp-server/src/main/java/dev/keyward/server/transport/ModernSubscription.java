package dev.keyward.server.transport;

import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What a client asks to be told of with `subscriptions/listen`, and the messages that it gets
/// under that request (MCP 2026-07-28, "Subscriptions"). Each message carries the request's id; the
/// first one says which of its wishes are met.
///
/// @param id of the request that opened it
/// @param toolsChanged the one wish that can be met here
record ModernSubscription(Object id, boolean toolsChanged) {
  static final String METHOD = "subscriptions/listen";

  private static final String ID = ModernRequest.PREFIX + "subscriptionId";
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /// {@return what `request` asks for; empty if it does not say}
  ///
  /// @throws ModernFault if it asks for what its client does not declare to understand
  static Optional<ModernSubscription> of(ModernRequest request) throws ModernFault {
    JsonNode wishes = request.inbound().params().path("notifications");
    if (wishes.has("taskIds")) {
      ModernTasks.require(request); // none is met: whoever follows a task asks about it
    }
    JsonNode tools = wishes.path("toolsListChanged");
    boolean said = wishes.isObject() && (tools.isMissingNode() || tools.isBoolean());
    return said
        ? Optional.of(new ModernSubscription(request.id(), tools.asBoolean(false)))
        : Optional.empty();
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
