package dev.keyward.server.transport;

import dev.keyward.redaction.Redacted;
import dev.keyward.server.pipeline.Answer;
import dev.keyward.server.pipeline.NextRound;
import dev.keyward.server.task.TaskView;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The results of revision 2026-07-28: each says what it is and who answers; what may be kept says
/// for how long, and that it is this agent's alone.
final class ModernResults implements Results {
  /// A change is announced to those who listen; this is for those who do not.
  private static final Duration FRESH = Duration.ofMinutes(1);

  /// The key under which a client is asked to let its user decide.
  static final String QUESTION = "approval";

  private static final String SERVER_INFO = ModernRequest.PREFIX + "serverInfo";

  @Override
  public RpcReply listed(Redacted tools) {
    ObjectNode result = complete();
    result.set("tools", tools.json());
    return new RpcReply.Result(kept(result));
  }

  @Override
  public RpcReply called(Answer answer) {
    return answer.next().map(round -> asked(answer, round)).orElseGet(() -> last(answer));
  }

  /// Asks the client to open the page on which its user decides, and to come back.
  private static RpcReply asked(Answer answer, NextRound round) {
    ObjectNode result = complete().put("resultType", "input_required");
    ObjectNode question = result.putObject("inputRequests").putObject(QUESTION);
    ask(question, answer.text(), round.page());
    result.put("requestState", round.requestState());
    if (answer.meta().json() instanceof ObjectNode machine) {
      meta(result).setAll(machine);
    }
    return new RpcReply.Result(result);
  }

  /// Asks a client to show its user a page.
  static void ask(ObjectNode question, Redacted words, URI page) {
    question
        .put("method", "elicitation/create")
        .putObject("params")
        .put("mode", "url")
        .put("message", words.text())
        .put("url", page.toString());
  }

  private static RpcReply last(Answer answer) {
    ObjectNode result = complete();
    ArrayNode content = result.putArray("content");
    content.addObject().put("type", "text").put("text", answer.text().text());
    answer.note().ifPresent(note -> content.addObject().put("type", "text").put("text", note));
    answer.file().ifPresent(file -> content.add(FileBlock.modern(answer.call(), file)));
    result.put("isError", answer.error());
    if (!answer.error()) {
      answer.structured().ifPresent(value -> result.set("structuredContent", value.json()));
    }
    if (answer.meta().json() instanceof ObjectNode machine) {
      meta(result).setAll(machine);
    }
    return new RpcReply.Result(result);
  }

  @Override
  public RpcReply begun(TaskView task) {
    ObjectNode begun = ModernTasks.seen(task, this).put("resultType", "task");
    return new RpcReply.Result(begun.without("inputRequests")); // asked for with `tasks/get`
  }

  /// {@return what answers `server/discover`}
  RpcReply discovered() {
    ObjectNode result = complete();
    ModernRequest.REVISIONS.forEach(result.putArray("supportedVersions")::add);
    ObjectNode capabilities = result.putObject("capabilities");
    capabilities.putObject("tools").put("listChanged", true);
    capabilities.putObject("extensions").putObject(ModernTasks.EXTENSION);
    result.put("instructions", McpMethods.INSTRUCTIONS);
    return new RpcReply.Result(kept(result));
  }

  /// {@return a result that says nothing yet but that it is one, and from whom}
  static ObjectNode complete() {
    ObjectNode result = JsonNodeFactory.instance.objectNode().put("resultType", "complete");
    result
        .putObject("_meta")
        .putObject(SERVER_INFO)
        .put("name", McpMethods.SERVER)
        .put("title", McpMethods.TITLE)
        .put("version", McpMethods.version());
    return result;
  }

  /// {@return the `_meta` of a result made here}
  static ObjectNode meta(ObjectNode result) {
    return (ObjectNode) result.get("_meta");
  }

  private static ObjectNode kept(ObjectNode result) {
    return result.put("ttlMs", FRESH.toMillis()).put("cacheScope", "private");
  }

  /// {@return the data of an error that names the revisions spoken here}
  static JsonNode revisions(String requested) {
    ObjectNode data = JsonNodeFactory.instance.objectNode();
    List<String> supported = ModernRequest.REVISIONS;
    supported.forEach(data.putArray("supported")::add);
    return data.put("requested", requested);
  }
}
