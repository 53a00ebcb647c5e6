package dev.keyward.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// An agent of revision 2026-07-28 that follows its calls.
final class TaskClient {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String PREFIX = "io.modelcontextprotocol/";
  private static final String TASKS = "\"extensions\":{\"" + PREFIX + "tasks\":{}}";

  private final Supplier<URI> broker;
  private final String key;
  private final String capabilities;

  private TaskClient(Supplier<URI> broker, String key, String capabilities) {
    this.broker = broker;
    this.key = key;
    this.capabilities = capabilities;
  }

  /// {@return one that follows the calls of `agent` at this broker}
  static TaskClient of(TestBroker broker, AgentClient agent) {
    return new TaskClient(
        () -> broker.keyward().agentsUrl().orElseThrow(), agent.key(), "{" + TASKS + "}");
  }

  /// {@return the same, and it can open pages}
  TaskClient opening() {
    return new TaskClient(broker, key, "{\"elicitation\":{\"url\":{}}," + TASKS + "}");
  }

  /// {@return the same without tasks}
  TaskClient without() {
    return new TaskClient(broker, key, "{}");
  }

  /// {@return the same with another key}
  TaskClient with(String newKey) {
    return new TaskClient(broker, newKey, capabilities);
  }

  /// {@return what the broker says to a call}
  JsonNode call(String tool, String arguments) {
    ObjectNode params = JSON.createObjectNode().put("name", tool);
    params.set("arguments", JSON.readTree(arguments));
    return send("tools/call", tool, params);
  }

  /// {@return the id of the task that a call has become}
  String task(String tool, String arguments) {
    JsonNode begun = call(tool, arguments);
    if (!begun.at("/result/resultType").asString("").equals("task")) {
      throw new AssertionError("no task: " + begun);
    }
    return begun.at("/result/taskId").stringValue();
  }

  /// {@return how a task stands}
  JsonNode get(String task) {
    return about("tasks/get", task).path("result");
  }

  /// {@return how a task stands once it has come to an end}
  JsonNode end(String task) {
    while (true) {
      JsonNode seen = about("tasks/get", task);
      if (!seen.has("result")) {
        throw new AssertionError("no task: " + seen);
      }
      String status = seen.at("/result/status").asString("");
      if (!status.equals("working") && !status.equals("input_required")) {
        return seen.path("result");
      }
      Thread.onSpinWait();
    }
  }

  /// {@return the approval that a task waits for, as soon as it waits}
  String approval(String task) {
    while (true) {
      String approval = get(task).at("/_meta/keyward~1call/approval").asString("");
      if (!approval.isEmpty()) {
        return approval;
      }
      Thread.onSpinWait();
    }
  }

  /// {@return the message that answers a request about a task}
  JsonNode about(String method, String task) {
    return send(method, task, JSON.createObjectNode().put("taskId", task));
  }

  /// {@return the message that answers what the user has said}
  JsonNode update(String task, String question, String action) {
    ObjectNode params = JSON.createObjectNode().put("taskId", task);
    params.putObject("inputResponses").putObject(question).put("action", action);
    return send("tasks/update", task, params);
  }

  /// {@return the code of what a task came to}
  static String code(JsonNode ended) {
    return ended.at("/result/_meta/keyward~1call/code").asString("");
  }

  /// Listens for these tasks.
  TaskStream listen(String... tasks) {
    ObjectNode params = JSON.createObjectNode();
    ArrayNode named = params.putObject("notifications").putArray("taskIds");
    Arrays.stream(tasks).forEach(named::add);
    return TaskStream.of(
        HTTP.sendAsync(
                request("subscriptions/listen", "", params), HttpResponse.BodyHandlers.ofLines())
            .join());
  }

  /// {@return the message that answers a request}
  JsonNode send(String method, String name, ObjectNode params) {
    try {
      String answer =
          HTTP.send(request(method, name, params), HttpResponse.BodyHandlers.ofString()).body();
      return answer.startsWith("{")
          ? JSON.readTree(answer)
          : JSON.readTree(answer.substring(answer.lastIndexOf("data:") + "data:".length()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private HttpRequest request(String method, String name, ObjectNode params) {
    ObjectNode body = JSON.createObjectNode().put("jsonrpc", "2.0").put("id", 1);
    body.put("method", method).set("params", params);
    ObjectNode meta = params.putObject("_meta").put(PREFIX + "protocolVersion", "2026-07-28");
    meta.set(PREFIX + "clientCapabilities", JSON.readTree(capabilities));
    return HttpRequest.newBuilder(broker.get())
        .header("Content-Type", "application/json")
        .header("Accept", "application/json, text/event-stream")
        .header("Authorization", "Bearer " + key)
        .header("MCP-Protocol-Version", "2026-07-28")
        .header("Mcp-Method", method)
        .header("Mcp-Name", name)
        .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
        .build();
  }
}
