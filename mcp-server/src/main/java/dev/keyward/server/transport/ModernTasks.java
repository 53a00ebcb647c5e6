package dev.keyward.server.transport;

import dev.keyward.server.task.TaskAsked;
import dev.keyward.server.task.TaskView;
import java.net.URI;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The wire of tasks: the extension `io.modelcontextprotocol/tasks` of MCP 2026-07-28. It is spoken
/// with a client whose request declares it, and with no other.
final class ModernTasks {
  /// The extension's name.
  static final String EXTENSION = ModernRequest.PREFIX + "tasks";

  private static final Set<String> ENDED = Set.of("completed", "failed", "cancelled");
  private static final String META = "keyward/call";

  private ModernTasks() {}

  /// {@return whether the client of this request can follow a task}
  static boolean declaredBy(ModernRequest request) {
    return request.capabilities().path("extensions").path(EXTENSION).isObject();
  }

  /// Refuses a request that only a client which declares the extension may send.
  static void require(ModernRequest request) throws ModernFault {
    if (!declaredBy(request)) {
      ObjectNode required = JsonNodeFactory.instance.objectNode();
      required.putObject("extensions").putObject(EXTENSION);
      throw ModernFault.capability(required);
    }
  }

  /// Answers `tasks/get`, `tasks/update` and `tasks/cancel`.
  static RpcReply answer(
      ModernRequest request, Presented client, McpMethods methods, ModernResults results)
      throws ModernFault {
    require(request);
    JsonNode named = request.inbound().params().path("taskId");
    if (!named.isString()) {
      return new RpcReply.Failure(RpcReply.INVALID_PARAMS, "params.taskId must be a string.");
    }
    boolean looks = request.method().equals("tasks/get");
    var asked =
        new TaskAsked(
            client.key(), named.stringValue(), what(request), client.transport(), client.name());
    return methods.task(
        asked, task -> new RpcReply.Result(looks ? seen(task, results) : ModernResults.complete()));
  }

  /// {@return whether what `tasks/get` has answered will stay so}
  static boolean ended(JsonNode seen) {
    return ENDED.contains(seen.path("status").asString(""));
  }

  private static TaskAsked.What what(ModernRequest request) {
    return switch (request.method()) {
      case "tasks/cancel" -> TaskAsked.What.TAKE_BACK;
      case "tasks/update" ->
          request.inputResponses().has(ModernResults.QUESTION)
              ? TaskAsked.What.ANSWER
              : TaskAsked.What.NOTHING;
      default -> TaskAsked.What.LOOK;
    };
  }

  /// {@return how a task stands, as `tasks/get` tells it}
  static ObjectNode seen(TaskView task, ModernResults results) {
    ObjectNode seen = ModernResults.complete();
    seen.put("taskId", task.id().value());
    stage(task, seen, results);
    seen.put("createdAt", task.created().toString());
    seen.put("lastUpdatedAt", task.updated().toString());
    seen.put("ttlMs", task.kept().toMillis());
    seen.put("pollIntervalMs", task.poll().toMillis());
    return seen;
  }

  private static void stage(TaskView task, ObjectNode seen, ModernResults results) {
    ObjectNode call = ModernResults.meta(seen).putObject(META).put("id", task.call().value());
    switch (task.stage()) {
      case TaskView.Stage.Working(var words) ->
          seen.put("status", "working").put("statusMessage", words.text());
      case TaskView.Stage.Waiting waiting -> {
        seen.put("status", waiting.page().isPresent() ? "input_required" : "working");
        seen.put("statusMessage", waiting.words().text());
        call.put("code", "pending").put("approval", waiting.approval().value());
        waiting.page().ifPresent(page -> ask(seen, waiting, page));
      }
      case TaskView.Stage.Ended(var answer) -> ended(McpMethods.reply(answer, results), seen);
      case TaskView.Stage.Cancelled() -> seen.put("status", "cancelled");
    }
  }

  private static void ask(ObjectNode seen, TaskView.Stage.Waiting waiting, URI page) {
    ObjectNode question = seen.putObject("inputRequests").putObject(ModernResults.QUESTION);
    ModernResults.ask(question, waiting.words(), page);
  }

  /// A call that came to an error of the protocol has failed; one that came to a result has not,
  /// whatever the result says.
  private static void ended(RpcReply reply, ObjectNode seen) {
    switch (reply) {
      case RpcReply.Result(var value) ->
          seen.put("status", "completed").set("result", (JsonNode) value);
      case RpcReply.Failure(var error) -> {
        seen.put("status", "failed").put("statusMessage", error.message());
        seen.putObject("error").put("code", error.code()).put("message", error.message());
      }
      case RpcReply.Silence() -> throw new IllegalStateException("an answer is never silent");
    }
  }
}
