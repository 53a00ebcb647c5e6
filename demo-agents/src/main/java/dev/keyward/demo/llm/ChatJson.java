package dev.keyward.demo.llm;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Chat completions as JSON, in the shape that OpenAI's API gave its name to and others serve too.
final class ChatJson {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() {};

  private ChatJson() {}

  static String request(String model, List<Message> conversation, List<Offer> tools) {
    ObjectNode request = NODES.objectNode().put("model", model).put("stream", false);
    ArrayNode messages = request.putArray("messages");
    conversation.forEach(message -> messages.add(message(message)));
    if (!tools.isEmpty()) {
      ArrayNode functions = request.putArray("tools");
      tools.forEach(tool -> functions.add(function(tool)));
    }
    return request.toString();
  }

  /// {@return the answer in `body`; empty if it is no chat completion}
  static Optional<Reply> reply(String body) {
    JsonNode choice = read(body).at("/choices/0");
    JsonNode message = choice.path("message");
    if (!message.isObject()) {
      return Optional.empty();
    }
    return Optional.of(
        new Reply(
            text(message.path("content")).or(() -> text(message.path("refusal"))),
            calls(message.path("tool_calls")),
            finish(choice.path("finish_reason").asString(""))));
  }

  /// {@return the arguments that a model wrote; empty if they are not one JSON object}
  static Optional<Map<String, Object>> arguments(String written) {
    JsonNode json = read(written.isBlank() ? "{}" : written);
    return json.isObject() ? Optional.of(JSON.convertValue(json, MAP)) : Optional.empty();
  }

  private static ObjectNode message(Message message) {
    return switch (message) {
      case Message.Instructions(var text) -> entry("system").put("content", text);
      case Message.Task(var text) -> entry("user").put("content", text);
      case Message.CameBack(var id, var text) ->
          entry("tool").put("tool_call_id", id).put("content", text);
      case Message.Said(var text, var calls) -> said(text, calls);
    };
  }

  private static ObjectNode said(Optional<String> text, List<FunctionCall> calls) {
    ObjectNode said = entry("assistant");
    text.ifPresentOrElse(words -> said.put("content", words), () -> said.putNull("content"));
    if (!calls.isEmpty()) {
      ArrayNode list = said.putArray("tool_calls");
      for (FunctionCall call : calls) {
        list.addObject()
            .put("id", call.id())
            .put("type", "function")
            .putObject("function")
            .put("name", call.name())
            .put("arguments", call.arguments());
      }
    }
    return said;
  }

  private static ObjectNode entry(String role) {
    return NODES.objectNode().put("role", role);
  }

  private static ObjectNode function(Offer tool) {
    ObjectNode function = NODES.objectNode().put("type", "function");
    function
        .putObject("function")
        .put("name", tool.function())
        .put("description", tool.description())
        .set("parameters", parameters(tool.schema()));
    return function;
  }

  /// Some endpoints refuse a schema that says which dialect it is in.
  private static JsonNode parameters(JsonNode schema) {
    if (schema instanceof ObjectNode object) {
      ObjectNode copy = object.deepCopy();
      copy.remove("$schema");
      return copy;
    }
    return schema;
  }

  private static Optional<String> text(JsonNode content) {
    String text =
        content.isArray()
            ? StreamSupport.stream(content.spliterator(), false)
                .map(part -> part.path("text").asString(""))
                .collect(Collectors.joining())
            : content.isString() ? content.stringValue() : "";
    return Optional.of(text).filter(words -> !words.isBlank());
  }

  private static List<FunctionCall> calls(JsonNode list) {
    List<FunctionCall> calls = new ArrayList<>();
    for (JsonNode call : list) {
      String id = call.path("id").asString("");
      JsonNode arguments = call.at("/function/arguments");
      calls.add(
          new FunctionCall(
              id.isEmpty() ? "call_" + calls.size() : id,
              call.at("/function/name").asString(""),
              arguments.isString() ? arguments.stringValue() : arguments.toString()));
    }
    return calls;
  }

  private static Reply.Finish finish(String reason) {
    return switch (reason) {
      case "length" -> Reply.Finish.CUT_OFF;
      case "content_filter" -> Reply.Finish.FILTERED;
      default -> Reply.Finish.DONE; // servers disagree on the word that goes with calls
    };
  }

  private static JsonNode read(String text) {
    try {
      return JSON.readTree(text);
    } catch (JacksonException notJson) {
      return NODES.missingNode();
    }
  }
}
